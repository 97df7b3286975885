// Numbers scanned one after another: Enter adds a line at once and keeps the focus, so that
// the next scan is not waited for. The text area holds them all; the server checks the list.

const form = document.getElementById("several");
const field = document.getElementById("scan");
const text = document.getElementById("numbers");
const list = document.getElementById("numbers-list");
const message = document.getElementById("several-message");

function lines() {
  return text.value.split("\n").map((line) => line.trim()).filter(Boolean);
}

function write(all) {
  text.value = all.length ? `${all.join("\n")}\n` : "";
  window.htmx.trigger(list, "numbers-changed");
}

function add(number) {
  message.textContent = "";
  const same = (line) => line.toUpperCase() === number.toUpperCase();
  if (number !== "-" && lines().some(same)) {
    message.textContent = `${number} ${message.dataset.twice}`;
  } else {
    write([...lines(), number]);
  }
}

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!window.htmx || button?.name === "save" || button?.name === "remove") return;
  event.preventDefault();
  const number = button?.name === "without" ? "-" : field.value.trim();
  field.value = "";
  field.focus();
  if (number) add(number);
});

text.addEventListener("change", () => window.htmx.trigger(list, "numbers-changed"));
document.getElementById("model").addEventListener("change", () => {
  window.htmx.trigger(list, "numbers-changed");
  field.focus();
});
