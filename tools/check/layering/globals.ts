import { childrenOf, nameOf, nodeIn, nodesIn, type Source, stringOf, type SyntaxNode } from "../lib/syntax.ts";

/** One use of something that the runtime hands to everybody. */
export interface GlobalUse {
  /** `process`, `setTimeout`, `Date.now`, … */
  readonly name: string;
  readonly offset: number;
}

/** The runtime, the network, files, timers: whatever is an effect, or is not there on every runtime. */
const EFFECTS = new Set(
  `process Bun Deno Buffer global require module __dirname __filename console fetch navigator performance
   setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate
   Worker SharedWorker BroadcastChannel WebSocket EventSource XMLHttpRequest caches
   window self document localStorage sessionStorage indexedDB`.split(/\s+/),
);

/** Members that read a clock, start a timer or draw a random number, of objects that are otherwise harmless. */
const EFFECT_MEMBERS = new Set([
  "Date.now",
  "Math.random",
  "AbortSignal.timeout",
  "crypto.randomUUID",
  "crypto.getRandomValues",
]);

/** Global namespaces of types that not every runtime knows. */
const RUNTIME_TYPES = new Set(["Bun", "Deno", "NodeJS", "Buffer"]);

const TYPED_EXPRESSIONS = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
]);

/** The effects a file reaches for by a global name, shadowed names left out. `new Date()` counts as `Date.now`. */
export function globalsOf({ program }: Source): GlobalUse[] {
  const uses: GlobalUse[] = [];
  visit(program, [], uses);
  return uses;
}

type Scopes = readonly ReadonlySet<string>[];

function visit(node: SyntaxNode, outer: Scopes, uses: GlobalUse[]): void {
  if (node.type === "TSTypeReference") return visitTypeReference(node, outer, uses);
  if (isTypeOnly(node)) return eachTypeReference(node, outer, uses);
  const names = namesDeclaredIn(node);
  const scopes = names.size > 0 ? [...outer, names] : outer;
  const name = effectOf(node, scopes);
  if (name !== undefined) {
    uses.push({ name, offset: node.start });
    if (node.type === "MemberExpression") return;
  }
  for (const child of childrenOf(node)) {
    if (!isMereName(node, child)) visit(child, scopes, uses);
  }
}

/** The effect that exactly this node is, if it is one. */
function effectOf(node: SyntaxNode, scopes: Scopes): string | undefined {
  const name = globalName(node, scopes);
  if (name !== undefined) return EFFECTS.has(name) || EFFECT_MEMBERS.has(name) ? name : undefined;
  const callee = nodeIn(node, "callee");
  const readsClock = node.type === "CallExpression" || nodesIn(node, "arguments").length === 0;
  return callee !== undefined && readsClock && globalName(callee, scopes) === "Date" ? "Date.now" : undefined;
}

/** `x` for a global x, `x.y` for a member of one; `globalThis.x` is `x`. */
function globalName(node: SyntaxNode, scopes: Scopes): string | undefined {
  if (node.type === "Identifier") {
    const name = nameOf(node);
    return name !== undefined && !scopes.some((names) => names.has(name)) ? name : undefined;
  }
  if (node.type !== "MemberExpression") return undefined;
  const object = globalName(nodeIn(node, "object") ?? node, scopes);
  const property = nodeIn(node, "property");
  const member = node["computed"] === true ? stringOf(property) : nameOf(property);
  if (object === undefined || member === undefined) return undefined;
  return object === "globalThis" ? member : `${object}.${member}`;
}

/** Whether a child is a key, a member or a label: a name that refers to no binding. */
function isMereName(node: SyntaxNode, child: SyntaxNode): boolean {
  if (/^(?:Import|Export)(?:Default|Namespace)?Specifier$/.test(node.type) || node.type === "MetaProperty") return true;
  if (["LabeledStatement", "BreakStatement", "ContinueStatement"].includes(node.type)) return child === node["label"];
  if (node["computed"] === true) return false;
  if (node.type === "MemberExpression") return child === node["property"];
  return child === node["key"];
}

function isTypeOnly(node: SyntaxNode): boolean {
  return node.type.startsWith("TS") && !TYPED_EXPRESSIONS.has(node.type) && node.type !== "TSParameterProperty";
}

function eachTypeReference(node: SyntaxNode, scopes: Scopes, uses: GlobalUse[]): void {
  for (const child of childrenOf(node)) {
    if (child.type === "TSTypeReference") visitTypeReference(child, scopes, uses);
    else eachTypeReference(child, scopes, uses);
  }
}

function visitTypeReference(node: SyntaxNode, scopes: Scopes, uses: GlobalUse[]): void {
  let root = nodeIn(node, "typeName");
  while (root?.type === "TSQualifiedName") root = nodeIn(root, "left");
  const name = nameOf(root);
  if (name !== undefined && RUNTIME_TYPES.has(name) && !scopes.some((names) => names.has(name))) {
    uses.push({ name, offset: node.start });
  }
  eachTypeReference(node, scopes, uses);
}

/** The names that a node brings into scope for what is below it. */
function namesDeclaredIn(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const binding of bindingsOf(node)) addNames(binding, names);
  return names;
}

function bindingsOf(node: SyntaxNode): SyntaxNode[] {
  switch (node.type) {
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
      return nodesIn(node, "body").flatMap(declaredBy);
    case "SwitchStatement":
      return nodesIn(node, "cases")
        .flatMap((branch) => nodesIn(branch, "consequent"))
        .flatMap(declaredBy);
    case "ForStatement":
      return nodesIn(node, "init").flatMap(declaredBy);
    case "ForOfStatement":
    case "ForInStatement":
      return nodesIn(node, "left").flatMap(declaredBy);
    case "CatchClause":
      return nodesIn(node, "param");
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [...nodesIn(node, "id"), ...nodesIn(node, "params")];
    case "ClassExpression":
      return nodesIn(node, "id");
    default:
      return [];
  }
}

function declaredBy(statement: SyntaxNode): SyntaxNode[] {
  const declaration = nodeIn(statement, "declaration") ?? statement;
  switch (declaration.type) {
    case "VariableDeclaration":
      return nodesIn(declaration, "declarations").flatMap((declarator) => nodesIn(declarator, "id"));
    case "ImportDeclaration":
      return nodesIn(declaration, "specifiers").flatMap((specifier) => nodesIn(specifier, "local"));
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return nodesIn(declaration, "id");
    default:
      return [];
  }
}

function addNames(pattern: SyntaxNode, names: Set<string>): void {
  const name = pattern.type === "Identifier" ? nameOf(pattern) : undefined;
  if (name !== undefined) names.add(name);
  const inner = [
    ...nodesIn(pattern, "properties"),
    ...nodesIn(pattern, "elements"),
    ...nodesIn(pattern, "argument"),
    ...(pattern.type === "Property" ? nodesIn(pattern, "value") : []),
    ...(pattern.type === "AssignmentPattern" ? nodesIn(pattern, "left") : []),
  ];
  for (const below of inner) addNames(below, names);
}
