import type { Page } from 'playwright-core';

/** Chromium cuts strings in a snapshot off after 1,024 characters unless it is started so. */
export const WHOLE_STRINGS = '--js-flags=--heap-snapshot-string-limit=10000000';

/**
 * What stands in all fields that scripts of a page hold, those that were taken out of the document among them: of an element a
 * snapshot tells only that it is there.
 */
export async function heldFields(page: Page): Promise<string[]> {
  const client = await page.context().newCDPSession(page);
  const texts: string[] = [];
  for (const kind of ['HTMLInputElement', 'HTMLTextAreaElement']) {
    const { result } = await client.send('Runtime.evaluate', { expression: `${kind}.prototype` });
    const { objects } = await client.send('Runtime.queryObjects', { prototypeObjectId: result.objectId ?? '' });
    const answer = await client.send('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      functionDeclaration: 'function () { return this.map((field) => field.value) }',
      returnByValue: true,
    });
    texts.push(...(answer.result.value as string[]));
  }
  await client.detach();
  return texts;
}

/** The format of Chromium's heap snapshots, as far as it is read here: flat arrays, and what their numbers mean. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** What the scripts of a page hold: all contexts of it, what is garbage left out. */
export class Heap {
  readonly #snapshot: Snapshot;

  private constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  static async of(page: Page): Promise<Heap> {
    const client = await page.context().newCDPSession(page);
    const chunks: string[] = [];
    client.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
    await client.send('HeapProfiler.enable');
    await client.send('HeapProfiler.collectGarbage');
    await client.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    await client.detach();
    return new Heap(JSON.parse(chunks.join('')) as Snapshot);
  }

  /** How many strings there are. */
  get size(): number {
    return this.#snapshot.strings.length;
  }

  /**
   * How the strings that hold one of the texts are held, from the string up to the page; without the strings themselves. Empty
   * where there are none.
   */
  holders(...texts: readonly string[]): string[] {
    const { strings } = this.#snapshot;
    const found = new Set<number>();
    strings.forEach((string, index) => {
      if (texts.some((text) => string.includes(text))) found.add(index);
    });
    return found.size === 0 ? [] : this.#paths(found);
  }

  #paths(found: ReadonlySet<number>): string[] {
    const { nodes, edges, strings, snapshot } = this.#snapshot;
    const { node_fields, node_types, edge_fields, edge_types } = snapshot.meta;
    const at = (fields: readonly string[], name: string) => fields.indexOf(name);
    const [width, type, name, count] = [
      node_fields.length,
      at(node_fields, 'type'),
      at(node_fields, 'name'),
      at(node_fields, 'edge_count'),
    ];
    const [edgeWidth, edgeType, edgeName, edgeTo] = [
      edge_fields.length,
      at(edge_fields, 'type'),
      at(edge_fields, 'name_or_index'),
      at(edge_fields, 'to_node'),
    ];
    const total = nodes.length / width;
    const shown = (index: number) => (found.has(index) ? '…' : (strings[index] ?? '').slice(0, 60));
    const describe = (node: number) => {
      const kind = node_types[0][nodes[node * width + type] ?? 0];
      return `${kind} ${shown(nodes[node * width + name] ?? 0)}`;
    };
    const label = (edge: number) => {
      const kind = edge_types[0][edges[edge + edgeType] ?? 0] ?? '';
      const called = edges[edge + edgeName] ?? 0;
      return kind === 'element' || kind === 'hidden' ? `[${called}]` : `${kind}.${shown(called)}`;
    };
    const firstEdge = new Uint32Array(total + 1);
    for (let node = 0; node < total; node++)
      firstEdge[node + 1] = (firstEdge[node] ?? 0) + (nodes[node * width + count] ?? 0) * edgeWidth;

    // The shortest way from the root, not through what does not keep alive.
    const weak = edge_types[0].indexOf('weak');
    const from = new Int32Array(total).fill(-1);
    const by = new Int32Array(total).fill(-1);
    const hits: string[] = [];
    const queue = [0];
    from[0] = 0;
    for (let next = 0; next < queue.length; next++) {
      const node = queue[next] ?? 0;
      for (let edge = firstEdge[node] ?? 0; edge < (firstEdge[node + 1] ?? 0); edge += edgeWidth) {
        if (edges[edge + edgeType] === weak) continue;
        const to = (edges[edge + edgeTo] ?? 0) / width;
        if (from[to] !== -1) continue;
        from[to] = node;
        by[to] = edge;
        queue.push(to);
      }
    }
    for (let node = 0; node < total && hits.length < 20; node++) {
      if (!found.has(nodes[node * width + name] ?? -1)) continue;
      const steps: string[] = [describe(node)];
      for (let each = node, left = 16; each !== 0 && left > 0 && from[each] !== -1; left--) {
        steps.push(`${label(by[each] ?? 0)} of ${describe(from[each] ?? 0)}`);
        each = from[each] ?? 0;
      }
      hits.push(steps.join(' ← '));
    }
    return hits.length > 0 ? hits : ['a name of a property'];
  }
}
