/** The present minute, for everything that counts down. One timer for the whole program. */
export const clock = $state({ now: Date.now() });

const tickMs = 30_000;
setInterval(() => (clock.now = Date.now()), tickMs);
