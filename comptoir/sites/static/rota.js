// The rota: a shift is moved to another day or person, for that day alone. By mouse it is
// dragged. By keyboard, or by tapping, its handle picks it up. The page of the shift does
// the same by a form, so nothing here is needed.

const words = document.getElementById("rota-words").dataset;
const live = document.getElementById("rota-live");
const table = document.querySelector("table.rota");
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

let picked = null; // the shift that is being moved
let target = null; // the cell that it would be put into

function pick(shift) {
  leave();
  picked = shift;
  shift.classList.add("picked");
  live.textContent = words.picked;
}

function aim(cell) {
  target?.classList.remove("target");
  target = cell;
  cell.classList.add("target");
  live.textContent = words.over.replace("{where}", `${cell.dataset.name}, ${cell.dataset.label}`);
}

function leave() {
  picked?.classList.remove("picked");
  target?.classList.remove("target");
  picked = target = null;
}

function put(cell) {
  const shift = picked;
  const from = shift.closest("td");
  leave();
  if (!cell || cell === from) {
    live.textContent = words.left;
    return;
  }
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/rota/shifts/${shift.dataset.shift}`;
  const fields = {
    day: from.dataset.day,
    new_day: cell.dataset.day,
    person: cell.dataset.person,
    starts: shift.dataset.starts,
    ends: shift.dataset.ends,
    reach: "day",
  };
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// The next cell in a direction into which a shift may be put, or none.
function next(cell, [down, right]) {
  const rows = [...table.tBodies[0].rows];
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += right;
    const found = rows[row]?.cells[column];
    if (!found || column === 0) return null;
    if ("open" in found.dataset) return found;
  }
}

for (const shift of table.querySelectorAll("[data-shift]")) {
  const link = shift.querySelector("a");
  const handle = document.createElement("button");
  handle.type = "button";
  handle.className = "handle";
  handle.setAttribute("aria-label", words.handle.replace("{what}", link.textContent));
  shift.prepend(handle);
  shift.draggable = true;
  link.draggable = false;

  handle.addEventListener("click", () => (picked === shift ? put(target) : pick(shift)));
  handle.addEventListener("keydown", (event) => {
    if (picked !== shift) return;
    if (event.key === "Escape") {
      leave();
      live.textContent = words.left;
    } else if (event.key in steps) {
      event.preventDefault();
      const cell = next(target ?? shift.closest("td"), steps[event.key]);
      if (cell) aim(cell);
    }
  });
  shift.addEventListener("dragstart", (event) => {
    pick(shift);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  shift.addEventListener("dragend", leave);
}

for (const cell of table.querySelectorAll("td[data-open]")) {
  cell.addEventListener("dragover", (event) => {
    if (!picked) return;
    event.preventDefault();
    if (cell !== target) aim(cell);
  });
  cell.addEventListener("drop", (event) => {
    event.preventDefault();
    if (picked) put(cell);
  });
  cell.addEventListener("click", (event) => {
    if (picked && !event.target.closest("a, button")) put(cell);
  });
}

document.querySelector(".drag-hint").hidden = false;
