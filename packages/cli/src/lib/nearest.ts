/**
 * The candidate that was probably meant: the one fewest edits away (insert, delete, replace, swap neighbours), if that
 * is no more than a third of the word, and at least one edit is granted; or one that the word begins.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const folded = word.toLowerCase();
  const scored = candidates
    .map((candidate) => ({ candidate, edits: editDistance(folded, candidate.toLowerCase()) }))
    .toSorted((left, right) => left.edits - right.edits);
  const best = scored[0];
  if (best !== undefined && best.edits <= Math.max(1, Math.floor(word.length / 3))) return best.candidate;
  return folded.length >= 3 ? candidates.find((candidate) => candidate.startsWith(folded)) : undefined;
}

/** Optimal string alignment: Levenshtein's distance in which a swap of neighbours counts one. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let edits = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) edits = Math.min(edits, at(beforePrevious, column - 2) + 1);
      current.push(edits);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}
