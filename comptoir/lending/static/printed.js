// A button that prints answers in a window of its own. Back from it, this page shows
// what has become of the agreement: it is printed, and waits for its signature.

document.addEventListener("submit", ({ submitter }) => {
  if (submitter?.formTarget !== "_blank") return;
  addEventListener("focus", () => location.replace(location.pathname), { once: true });
});
