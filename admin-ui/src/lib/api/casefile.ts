/** The case file of one case: to read, as a PDF, and the proof of its records. */
import { base, get } from './client';
import type { Casefile } from './types';

const path = (workflow: string, id: string) => `/casefile/${workflow}/${id}`;

export const fetchCasefile = (workflow: string, id: string) => get<Casefile>(path(workflow, id));
export const casefilePdf = (workflow: string, id: string) => `${base}${path(workflow, id)}/casefile.pdf`;
export const casefileProof = (workflow: string, id: string) => `${base}${path(workflow, id)}/proof.jsonl`;
