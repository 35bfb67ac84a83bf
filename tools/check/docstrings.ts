import type { Finding, Report } from "./finding.ts";
import { type PublicApi, readPublicApi } from "./lib/declarations.ts";
import { type Docstring, fencesIn, readDocstring } from "./lib/docstring.ts";
import type { Declaration, PublicExport } from "./lib/public-exports.ts";
import { childrenOf, nameOf, nodeIn, nodesIn, parse, type SyntaxNode } from "./lib/syntax.ts";
import { lineAt, readText } from "./lib/workspace.ts";

/**
 * Every public export has a docstring with a summary; a function's also says what each parameter is, what it
 * returns, what it throws where it does, and shows an example.
 */
export async function checkDocstrings(
  root: string,
  reading: Promise<PublicApi> = readPublicApi(root),
): Promise<Report> {
  const { packages, findings } = await reading;
  const exported = packages.flatMap((each) => each.entries.flatMap((entry) => entry.exports));
  const own = [...new Map(exported.filter(isOwn).map((each) => [keyOf(each), each])).values()];
  return {
    summary: `${own.length} public exports`,
    findings: [...findings, ...own.flatMap((each) => judge(root, each))],
  };
}

function isOwn({ from }: PublicExport): boolean {
  return from === undefined;
}

function keyOf({ name, declarations }: PublicExport): string {
  return `${declarations[0]?.file ?? ""} ${name}`;
}

function judge(root: string, { name, declarations }: PublicExport): Finding[] {
  const first = declarations[0];
  if (first === undefined)
    return [{ file: "package.json", problem: `public "${name}" has no declaration`, next: "export what exists" }];
  const place = sourceOf(root, first);
  const report = (problem: string, next: string): Finding => ({
    file: first.file,
    line: place.line,
    problem: `public "${name}" ${problem}`,
    next,
  });
  // Overloads share the docstring of the first.
  const documented = declarations.find(({ docstring }) => docstring !== undefined);
  const docstring = readDocstring(documented?.docstring ?? "");
  if (docstring.summary === "") return [report("has no docstring with a summary", "say in a sentence what it is for")];
  const signature = declarations.map(({ node }) => signatureOf(node)).find((each) => each !== undefined);
  if (signature === undefined) return [];
  return functionProblems(signature, docstring, place.throws).map(([problem, next]) => report(problem, next));
}

/** The function type of `function f(…): …` or `const f: (…) => …`. */
function signatureOf(declaration: SyntaxNode): SyntaxNode | undefined {
  if (/^(?:TSDeclareFunction|FunctionDeclaration)$/.test(declaration.type)) return declaration;
  const type = nodesIn(declaration, "declarations").map((each) => annotationOf(nodeIn(each, "id")))[0];
  return type?.type === "TSFunctionType" ? type : undefined;
}

function annotationOf(node: SyntaxNode | undefined, field = "typeAnnotation"): SyntaxNode | undefined {
  const annotation = node === undefined ? undefined : nodeIn(node, field);
  return annotation === undefined ? undefined : nodeIn(annotation, "typeAnnotation");
}

function functionProblems(
  signature: SyntaxNode,
  { tags }: Docstring,
  throws: boolean,
): [problem: string, next: string][] {
  const problems: [string, string][] = [];
  const textOf = (tag: string): string => tags.find(({ name }) => name === tag)?.text ?? "";
  for (const name of parameterNames(signature)) {
    const described = tags.some(
      (tag) => tag.name === "param" && new RegExp(`^\\[?${name}\\b\\S*\\s+(?:- )?\\S`).test(tag.text),
    );
    if (!described)
      problems.push([`says nothing of its parameter ${name}`, `add @param ${name} with its shape and unit`]);
  }
  if (textOf("returns") === "" && !returnsNothing(signature))
    problems.push(["does not say what it returns", "add @returns"]);
  if (textOf("throws") === "" && throws)
    problems.push(["throws, and does not say when", "add @throws with the error and its cause"]);
  const examples = tags.filter(({ name }) => name === "example").flatMap(({ text }) => fencesIn(text.split("\n")));
  if (examples.length === 0) problems.push(["has no example", "add @example with code that runs, fenced as ```ts"]);
  return problems;
}

function parameterNames(signature: SyntaxNode): string[] {
  return nodesIn(signature, "params").flatMap((parameter) => {
    const name = nameOf(parameter) ?? nameOf(nodeIn(parameter, "argument"));
    return name === undefined || name === "this" ? [] : [name];
  });
}

function returnsNothing(signature: SyntaxNode): boolean {
  const type = annotationOf(signature, "returnType");
  const result = nameOf(type && nodeIn(type, "typeName")) === "Promise" ? childOfPromise(type) : type;
  return result === undefined || ["TSVoidKeyword", "TSNeverKeyword"].includes(result.type);
}

function childOfPromise(type: SyntaxNode | undefined): SyntaxNode | undefined {
  const parameters = type && nodeIn(type, "typeArguments");
  return parameters && nodeIn(parameters, "params");
}

interface Place {
  readonly line: number;
  /** Whether its own body, not one it calls, holds a `throw` that leaves it. */
  readonly throws: boolean;
}

function sourceOf(root: string, { file, name }: Declaration): Place {
  const text = readText(root, file);
  for (const statement of nodesIn(parse(file, text).program, "body")) {
    const declaration = nodeIn(statement, "declaration") ?? statement;
    const found = [declaration, ...nodesIn(declaration, "declarations")].find(
      (node) => nameOf(nodeIn(node, "id")) === name,
    );
    if (found === undefined) continue;
    const body = nodeIn(nodeIn(found, "init") ?? found, "body");
    return { line: lineAt(text, statement.start), throws: body !== undefined && throwsOut(body) };
  }
  return { line: 1, throws: false };
}

function throwsOut(node: SyntaxNode): boolean {
  if (node.type === "ThrowStatement") return true;
  if (/Function|Class/.test(node.type)) return false;
  const caught =
    node.type === "TryStatement" && nodeIn(node, "handler") !== undefined ? nodeIn(node, "block") : undefined;
  return childrenOf(node).some((child) => child !== caught && throwsOut(child));
}
