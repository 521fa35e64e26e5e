import { type FieldMatch, oneLine, type SearchField } from '@datalayer-secrets/shared';
import * as React from 'react';

/** Foreign text on one line, as what it is, in its own direction; what a search found in it is marked. */
export function Marked({
  text,
  field,
  matches = [],
  className,
}: {
  text: string;
  field: SearchField;
  matches?: readonly FieldMatch[];
  className?: string;
}): React.ReactElement {
  const shown = oneLine(text);
  // Where something had to be taken out the offsets are others: then nothing is marked.
  const ranges = shown === text ? (matches.find((match) => match.field === field)?.ranges ?? []) : [];
  const parts: React.ReactNode[] = [];
  let end = 0;
  for (const [from, to] of ranges) {
    parts.push(shown.slice(end, from), <mark key={from}>{shown.slice(from, to)}</mark>);
    end = to;
  }
  return (
    <bdi className={className}>
      {parts}
      {shown.slice(end)}
    </bdi>
  );
}
