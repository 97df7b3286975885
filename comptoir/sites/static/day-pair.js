// Two time fields of a day, and the hours that they say as its bar shows them: each end is a
// slider for the arrow keys. Dragging is the bar's (day-bars.js).

import * as spans from "./day-spans.js";

const STEPS = {
  ArrowLeft: -spans.STEP,
  ArrowDown: -spans.STEP,
  ArrowRight: spans.STEP,
  ArrowUp: spans.STEP,
  PageDown: -60,
  PageUp: 60,
  Home: -spans.NIGHT_ENDS,
  End: spans.NIGHT_ENDS,
};

export function element(name, parent) {
  const made = document.createElement("div");
  made.className = name;
  parent.append(made);
  return made;
}

// The next quarter of an hour in a direction, for times that are on none.
function stepped(at, step) {
  const steps = at / spans.STEP + step / spans.STEP;
  return (step > 0 ? Math.floor(steps) : Math.ceil(steps)) * spans.STEP;
}

export class Pair {
  constructor(bar, fields) {
    this.bar = bar;
    this.fields = fields;
    [this.opens, this.closes] = fields.querySelectorAll(":scope > input"); // text, where it holds no time
    this.appointment = fields.querySelector("input[type=checkbox]");
    this.remove = bar.grid.tool("remove");
    this.remove.addEventListener("click", () => this.clear());
    fields.append(this.remove);
    this.drawn = element("painted", bar.track);
    this.ends = { opens: this.end("opens") };
    this.times = element("times", this.drawn);
    this.ends.closes = this.end("closes");
  }

  end(name) {
    const end = element("end", this.drawn);
    end.tabIndex = 0;
    end.setAttribute("role", "slider");
    end.setAttribute("aria-label", this[name].getAttribute("aria-label"));
    end.addEventListener("keydown", (event) => this.key(event, name));
    return end;
  }

  get span() {
    return spans.spanOf(this.opens.value, this.closes.value);
  }

  get isEmpty() {
    return !this.opens.value && !this.closes.value;
  }

  get room() {
    return this.bar.room(this.span.opens, this);
  }

  set({ opens, closes }) {
    this.opens.value = spans.clock(opens);
    this.closes.value = spans.clock(closes);
    this.draw();
  }

  clear() {
    this.opens.value = this.closes.value = "";
    if (this.appointment) this.appointment.checked = false;
    this.bar.grid.draw();
    this.opens.focus();
  }

  key(event, name) {
    const { span } = this;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.clear();
    } else if (event.key in STEPS && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const step = STEPS[event.key];
      if (event.shiftKey) this.set(spans.moved(span, span.opens + step, this.room));
      else this.set(spans.withEnd(span, name, stepped(span[name], step), this.room));
      this.bar.grid.draw();
    }
  }

  draw() {
    const { span } = this;
    this.remove.hidden = this.isEmpty;
    this.drawn.hidden = !span;
    if (!span) return;
    const times = `${spans.clock(span.opens)}–${spans.clock(span.closes)}`;
    const note = this.appointment?.checked ? this.appointment.parentElement.textContent.trim() : "";
    const bounds = spans.limits(span, this.room);
    for (const [name, end] of Object.entries(this.ends)) {
      const [least, most] = bounds[name];
      end.setAttribute("aria-valuemin", least);
      end.setAttribute("aria-valuemax", most);
      end.setAttribute("aria-valuenow", span[name]);
      end.setAttribute("aria-valuetext", [spans.clock(span[name]), note].filter(Boolean).join(", "));
    }
    const name = `${this.bar.day} ${times}`;
    this.remove.querySelector(".hidden-text").textContent = this.bar.grid.words.remove.replace("{hours}", name);
    this.times.textContent = times;
    this.drawn.classList.toggle("visit", Boolean(note));
    this.drawn.style.insetInlineStart = this.bar.grid.place(span.opens);
    this.drawn.style.inlineSize = this.bar.grid.share(span.closes - span.opens);
  }
}
