export function buildService(outdir: string, platform?: string): Promise<void>;
