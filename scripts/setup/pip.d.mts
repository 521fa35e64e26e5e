export function makeVenv(folder: string, options: { tick: () => void }): Promise<void>;
