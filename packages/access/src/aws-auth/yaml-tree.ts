import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLParseError,
} from "yaml";

/** The first document of a YAML text, with its aliases resolved and its expansion known to be bounded. */
export interface YamlTree {
  /** Undefined: the document is empty. */
  readonly root: Node | undefined;
  /** Where something begins that nobody reads: a second document, or what stands after the only value of the first. */
  readonly endOffset: number | undefined;
  /** The node that an alias stands for; any other node is its own. */
  readonly deref: (node: Node) => Exclude<Node, Alias>;
}

/** Why a text gives no tree. */
export interface YamlProblem {
  readonly kind: "syntax" | "expansion";
  readonly message: string;
  readonly offset: number;
}

/** A scalar as it is written: text, nothing at all, or not to be read as text. */
export type Text =
  | { readonly kind: "text"; readonly text: string; readonly plain: boolean }
  | { readonly kind: "absent" }
  | { readonly kind: "map" | "list" }
  | { readonly kind: "foreign-tag"; readonly tag: string };

/**
 * Reads YAML (so JSON, too) with the failsafe schema: scalars are text as written. Never throws.
 *
 * Nesting and expansion are bounded before anything follows an alias, so a bomb costs linear time.
 */
export function readYaml(text: string): YamlTree | YamlProblem {
  const document = parseDocument(text, {
    schema: "failsafe",
    resolveKnownTags: false,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const errors = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const end = errors.find((each) => isBeyond(each, document.contents, text));
  const error = errors.find((each) => each !== end && (end === undefined || each.pos[0] < end.pos[0]));
  if (error !== undefined) return syntaxProblem(text, error);
  // An empty document is composed as a scalar of no text or as nothing, depending on what stands around it.
  const root = document.contents ?? undefined;
  const walked = walk(root);
  if ("kind" in walked) return walked;
  return {
    root,
    endOffset: end?.code === "MULTIPLE_DOCS" ? document.range[2] : end?.pos[0],
    deref: (node) => (isAlias(node) ? (walked.get(node) ?? node) : node) as Exclude<Node, Alias>,
  };
}

/** The parser names what came of a tab rather than the tab itself. */
function syntaxProblem(text: string, error: YAMLParseError): YamlProblem {
  const lineEnd = text.indexOf("\n", error.pos[0]);
  const upToError = lineEnd === -1 ? text : text.slice(0, lineEnd);
  const tab = /^ *\t(?=[^\s#])/m.exec(upToError);
  if (tab === null) return { kind: "syntax", message: error.message, offset: error.pos[0] };
  const offset = tab.index + tab[0].length - 1;
  return { kind: "syntax", message: "a tab indents this line, and YAML indents with blanks only", offset };
}

/** Reads a scalar; a tag that YAML's core schema does not know is not followed. */
export function readText(node: Node | null | undefined): Text {
  if (node == null || isAlias(node)) return { kind: "absent" };
  const tag = foreignTag(node);
  if (tag !== undefined) return { kind: "foreign-tag", tag };
  if (isMap(node)) return { kind: "map" };
  if (isSeq(node)) return { kind: "list" };
  if (!isScalar(node)) return { kind: "absent" };
  const text = String(node.value).toWellFormed();
  const plain = node.type === "PLAIN" && node.tag === undefined;
  if ((plain && NULLS.has(text)) || node.tag === `${CORE}null`) return { kind: "absent" };
  return { kind: "text", text, plain };
}

/** The tag of a node, if it is outside YAML's core schema. */
export function foreignTag(node: Node): string | undefined {
  const { tag } = node as { tag?: string };
  if (tag === undefined || tag === "!" || CORE_TAGS.has(tag)) return undefined;
  return tag.startsWith(CORE) ? `!!${tag.slice(CORE.length)}` : tag;
}

/** Where a node begins. */
export function offsetOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0];
}

/** A map's keys and values. The parser always makes nodes of both; only a value may be missing. */
export function pairsOf(map: YAMLMap): readonly { readonly key: Node | null; readonly value: Node | null }[] {
  return map.items as unknown as { key: Node | null; value: Node | null }[];
}

/**
 * Whether an error is about something that Go's reader does not come to: it stops after the first document's value, which
 * ends with a flow collection's bracket, or for a block collection where a line is indented less than it.
 */
function isBeyond(error: YAMLParseError, root: Node | null, text: string): boolean {
  if (error.code === "MULTIPLE_DOCS") return true;
  const [offset] = error.pos;
  if (error.code !== "UNEXPECTED_TOKEN" || !isCollection(root) || root.range == null || offset < root.range[1]) {
    return false;
  }
  return root.flow === true || indentation(text, offset) < indentation(text, root.range[0]);
}

function indentation(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

const CORE = "tag:yaml.org,2002:";
const CORE_TAGS: ReadonlySet<string> = new Set(
  ["str", "int", "float", "bool", "null", "seq", "map"].map((name) => CORE + name),
);
const NULLS: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);

// No map of people nests deeper than four. The Go authenticator's own bounds are 10,000 levels, and an expansion that
// grows with the document from 400,000 nodes on (go.yaml.in/yaml/v2, allowedAliasRatio).
const MAX_DEPTH = 100;
const MAX_NODES = 1_000_000;

/** Finds what each alias stands for (the last such anchor before it, as in Go's YAML) and bounds depth and expansion. */
function walk(root: Node | undefined): ReadonlyMap<Alias, Node> | YamlProblem {
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  // Nodes after expansion; absent while the node is still being walked.
  const sizes = new Map<Node, number>();
  let problem: YamlProblem | undefined;

  const stop = (kind: YamlProblem["kind"], message: string, node: Node): number => {
    problem ??= { kind, message, offset: offsetOf(node) ?? 0 };
    return 0;
  };
  const sizeOf = (node: Node | null, depth: number): number => {
    if (node === null || problem !== undefined) return 1;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) return stop("syntax", `*${node.source} stands for nothing before it`, node);
      targets.set(node, target);
      return sizes.get(target) ?? stop("syntax", `*${node.source} stands for something that contains it`, node);
    }
    if (depth > MAX_DEPTH) return stop("expansion", `nested deeper than ${MAX_DEPTH} levels`, node);
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    let size = 1;
    if (isMap(node)) {
      for (const { key, value } of pairsOf(node)) size += sizeOf(key, depth + 1) + sizeOf(value, depth + 1);
    } else if (isCollection(node)) {
      for (const item of node.items as (Node | null)[]) size += sizeOf(item, depth + 1);
    }
    sizes.set(node, size);
    if (size > MAX_NODES) return stop("expansion", `its aliases expand to more than ${MAX_NODES} nodes`, node);
    return size;
  };
  sizeOf(root ?? null, 0);
  return problem ?? targets;
}
