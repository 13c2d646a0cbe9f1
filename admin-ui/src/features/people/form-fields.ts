/** What a form about somebody hands to its fields. */
export type FormFields<F> = {
  form: F;
  onchange: (part: Partial<F>, readable?: boolean) => void;
  ontouch: (field: string) => void;
  errorAt: (field: string) => string | null;
  warning: string | null;
};
