// A key for each button of the tally. In a field the same key writes.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const writes = event.target.closest?.("input, textarea, select");
  if (writes && event.key.length === 1) return;
  const button = document.querySelector(`[data-tally-key="${CSS.escape(event.key)}"]`);
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});
