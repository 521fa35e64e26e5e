/** Finds a text in what a page keeps: elements, storage, address, and what React and others hang onto its elements. */
export function traces(text: string, ...others: readonly object[]): string[] {
  const elements = [...document.querySelectorAll('*')];
  const found = elements.filter((element) => holds(element, text)).map((element) => `<${element.localName}>`);
  const stores = { localStorage, sessionStorage };
  for (const [name, store] of Object.entries(stores)) if (JSON.stringify(store).includes(text)) found.push(name);
  if (`${location.href} ${JSON.stringify(history.state)}`.includes(text)) found.push('address');
  for (const path of inObjects([document, ...elements, ...others], text)) found.push(path);
  return found;
}

function holds(element: Element, text: string): boolean {
  const attributes = [...element.attributes].map(({ value }) => value);
  const own = [...element.childNodes]
    .filter((node) => node.nodeType !== Node.ELEMENT_NODE)
    .map((node) => node.nodeValue);
  const value = 'value' in element ? String(element.value) : '';
  return [...attributes, ...own, value].join('\n').includes(text);
}

/** Everything that can be reached by own properties; the insides of elements themselves are the page's, not ours. */
function inObjects(roots: readonly object[], text: string): string[] {
  const found: string[] = [];
  const seen = new Set<object>(roots);
  const todo = roots.map((object): { object: object; path: string } => ({ object, path: object.constructor.name }));
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { object, path } = next;
    for (const [name, value] of entriesOf(object)) {
      const here = `${path}.${name}`;
      if (typeof value === 'string' && value.includes(text)) found.push(here);
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
      if (value === globalThis) continue;
      seen.add(value);
      todo.push({ object: value, path: here.slice(-200) });
    }
  }
  return found;
}

function entriesOf(object: object): (readonly [string, unknown])[] {
  if (object instanceof Map)
    return [...object].flatMap(([key, value]) => [['key', key] as const, ['value', value] as const]);
  if (object instanceof Set) return [...object].map((value) => ['value', value] as const);
  return Reflect.ownKeys(object).flatMap((key) => {
    // Accessors are not called: they are the page's own and would make new objects.
    const property = Reflect.getOwnPropertyDescriptor(object, key);
    // jsdom's own half of an element hangs on a symbol; what the page sees of it was looked at already.
    if (!property || !('value' in property) || String(key) === 'Symbol(impl)') return [];
    return [[String(key), property.value as unknown] as const];
  });
}
