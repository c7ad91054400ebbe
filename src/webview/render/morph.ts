/**
 * Makes the children of `parent`, from the one at `from` on, look like `wanted`, touching as little as
 * possible: what the reader has selected, scrolled or focused in an unchanged place stays.
 * Gives the nodes that now stand in the places of the wanted ones.
 */
export function morphChildren(parent: Node, from: number, wanted: readonly Node[]): Node[] {
  const kept = new Set(wanted);
  const placed: Node[] = [];
  let current = parent.childNodes[from] ?? null;
  for (const node of wanted) {
    if (current && (current === node || (!kept.has(current) && morph(current, node)))) {
      placed.push(current);
      current = current.nextSibling;
    } else {
      parent.insertBefore(node, current);
      placed.push(node);
    }
  }
  while (current) {
    const next: ChildNode | null = current.nextSibling;
    parent.removeChild(current);
    current = next;
  }
  return placed;
}

/** False when the two differ in kind, so that one can only replace the other. */
function morph(node: Node, wanted: Node): boolean {
  if (node.nodeType !== wanted.nodeType || node.nodeName !== wanted.nodeName) return false;
  if (isElement(node) && isElement(wanted)) {
    morphAttributes(node, wanted);
    morphChildren(node, 0, [...wanted.childNodes]);
  } else morphText(node, wanted.nodeValue ?? '');
  return true;
}

/** Text that only grew is appended to, because replacing it would drop a selection in it. */
function morphText(node: Node, wanted: string): void {
  const before = node.nodeValue ?? '';
  if (before === wanted) return;
  if (node.nodeType === 3 && wanted.startsWith(before))
    (node as Text).appendData(wanted.slice(before.length));
  else node.nodeValue = wanted;
}

function morphAttributes(element: Element, wanted: Element): void {
  for (const { name } of [...element.attributes])
    if (!wanted.hasAttribute(name)) element.removeAttribute(name);
  for (const { name, value } of wanted.attributes) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}
