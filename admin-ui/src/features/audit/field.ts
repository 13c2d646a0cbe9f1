/** Names of fields that lie inside others (`materi.topic`), as people read them. */
import { fieldLabel } from '../workflow/value';

/** The name that says what kind of value it is. */
export const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

export const fieldPath = (path: string): string => path.split('.').map(fieldLabel).join(' › ');
