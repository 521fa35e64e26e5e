import type { Leashed } from '../leashed.ts';

export interface StartOptions {
  /** Folder with the samples. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  /** 0: a free one. */
  readonly port: number;
}

/** An editor that runs: its server, and the address that leads into it. */
export interface RunningEditor {
  readonly name: string;
  readonly server: Leashed;
  readonly address: string;
}
