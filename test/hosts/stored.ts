import type { Page } from 'playwright-core';

export interface Stored {
  readonly database: string;
  readonly key: string;
  readonly value: string;
}

/** What a page keeps in all its databases in the browser. */
export function storedStates(page: Page): Promise<Stored[]> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('The database cannot be read.'));
      });
    const text = (thing: unknown) =>
      thing instanceof Uint8Array
        ? new TextDecoder().decode(thing)
        : typeof thing === 'string'
          ? thing
          : JSON.stringify(thing);
    const found: Stored[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        const store = database.transaction(table, 'readonly').objectStore(table);
        const [keys, values] = await Promise.all([
          done(store.getAllKeys()),
          done(store.getAll() as IDBRequest<unknown[]>),
        ]);
        keys.forEach((key, index) => found.push({ database: name, key: text(key), value: text(values[index]) }));
      }
      database.close();
    }
    return found;
  });
}
