import type { SecretType, VaultInfo } from '@datalayer-secrets/shared';
import { LabIcon, usersIcon } from '@jupyterlab/ui-components';

import alert from '../style/icons/alert.svg';
import cloud from '../style/icons/cloud.svg';
import generic from '../style/icons/generic.svg';
import insert from '../style/icons/insert.svg';
import key from '../style/icons/key.svg';
import local from '../style/icons/local.svg';
import password from '../style/icons/password.svg';
import replace from '../style/icons/replace.svg';
import secrets from '../style/icons/secrets.svg';
import token from '../style/icons/token.svg';

const icon = (name: string, svgstr: string): LabIcon => new LabIcon({ name: `datalayer-secrets:${name}`, svgstr });

/** Of the product: the panel, its tab. */
export const secretsIcon = icon('secrets', secrets);
/** Of what failed. */
export const alertIcon = icon('alert', alert);
export const insertIcon = icon('insert', insert);
export const replaceIcon = icon('replace', replace);

const passwordIcon = icon('password', password);
const keyIcon = icon('key', key);
const tokenIcon = icon('token', token);
const genericIcon = icon('generic', generic);
const localIcon = icon('local', local);
const cloudIcon = icon('cloud', cloud);

export function typeIcon(type: SecretType): LabIcon {
  switch (type) {
    case 'password':
      return passwordIcon;
    case 'key':
      return keyIcon;
    case 'token':
      return tokenIcon;
    case 'generic':
    default:
      return genericIcon;
  }
}

export function vaultIcon({ kind }: VaultInfo): LabIcon {
  switch (kind) {
    case 'local':
      return localIcon;
    case 'datalayer':
      return cloudIcon;
    case 'team':
      return usersIcon;
  }
}
