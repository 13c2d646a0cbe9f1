/** Which part of the queue a claim belongs to, and which command would undo its penalty now. Pure. */
export const parts = ['l1', 'l2', 'appeal', 'closed'] as const;
export type Part = (typeof parts)[number];

export const statesOfPart: Record<Part, string[]> = {
  l1: ['PENDING_L1'],
  l2: ['PENDING_L2'],
  appeal: ['REJECTED'],
  closed: ['APPROVED', 'FINAL', 'UPHELD', 'OVERTURNED', 'WITHDRAWN']
};

/** What is due first stands first; of what is over, the last. */
export const sortOf = (part: Part): string => (part === 'closed' ? '-closed_at' : 'due_at');

export const undoingCommand = (state: string): 'approve' | 'overturn' | null =>
  state === 'PENDING_L1' ? 'approve' : state === 'PENDING_L2' ? 'overturn' : null;

export const categories = ['SAKIT', 'DUKA', 'DARURAT', 'BENCANA', 'LAINNYA'] as const;
export type Category = (typeof categories)[number];
