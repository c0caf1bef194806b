// Runs before the first paint, so that a chosen theme never flashes. Same key as src/ui/theme.ts.
try {
  const theme = localStorage.getItem('rollcall.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden: the system's theme then.
}
