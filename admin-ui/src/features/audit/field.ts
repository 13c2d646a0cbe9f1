/** Names of fields that lie inside others (`materi.topic`), as people read them, and which of them tell most. */
import type { Changed } from '$lib/api/types';
import { fieldLabel } from '../workflow/value';

/** The name that says what kind of value it is. */
export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

export const fieldPath = (path: string): string => path.split('.').map(fieldLabel).join(' › ');

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-/;
const tellsLittle = ({ old, new: now }: Changed): boolean =>
  [old, now].every((value) => value === null || value === false || (typeof value === 'string' && id.test(value)));

/** Fields that hold only ids, or say that something is not so, come after all others. */
export const tellingFirst = (changes: Changed[]): Changed[] => [
  ...changes.filter((change) => !tellsLittle(change)),
  ...changes.filter(tellsLittle)
];
