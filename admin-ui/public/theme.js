// Runs before the first paint, so that a dark screen never flashes white. A file of its own: the CSP allows no inline script.
(function () {
  var chosen = localStorage.getItem('alur.theme') || 'system';
  var dark = chosen === 'dark' || (chosen === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
