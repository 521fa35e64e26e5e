/** Small parts that the views of the panel are made of. */
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { isOffered, type Way } from './actions.ts';
import { useSignal, useTools } from './tools.ts';

export function Icon({ icon, className = '' }: { icon: LabIcon; className?: string }): React.ReactElement {
  return (
    <span className={`dls-Icon ${className}`} aria-hidden="true">
      <icon.react tag={null} width="16px" height="16px" />
    </span>
  );
}

export interface IconButtonProps {
  readonly icon: LabIcon;
  readonly label: string;
  readonly onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  readonly tabIndex?: number;
  readonly hasMenu?: boolean;
}

export function IconButton({ icon, label, onClick, tabIndex = 0, hasMenu }: IconButtonProps): React.ReactElement {
  return (
    <button
      type="button"
      className="dls-IconButton"
      title={label}
      aria-label={label}
      aria-haspopup={hasMenu === true ? 'menu' : undefined}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon icon={icon} />
    </button>
  );
}

/** Buttons for the ways that are open now; the first can be the one that is meant. */
export function WayButtons({
  ways,
  accept = false,
}: {
  ways: readonly Way[];
  accept?: boolean;
}): React.ReactElement | null {
  const { commands } = useTools();
  useSignal(commands.commandChanged);
  const offered = ways.filter((way) => isOffered(commands, way));
  if (offered.length === 0) return null;
  return (
    <div className="dls-Ways">
      {offered.map((way, index) => (
        <WayButton key={way.command} way={way} accept={accept && index === 0} />
      ))}
    </div>
  );
}

export function WayButton({ way, accept }: { way: Way; accept: boolean }): React.ReactElement {
  const { commands } = useTools();
  return (
    <button
      type="button"
      className={accept ? 'dls-Button dls-mod-accept' : 'dls-Button'}
      onClick={() => void commands.execute(way.command, { ...way.args })}
    >
      {way.label}
    </button>
  );
}
