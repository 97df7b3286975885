// A form that is half filled in survives the end of a session, and a lock.
//
// It is kept in sessionStorage: this tab alone, gone when it closes. It is
// forgotten as soon as it was sent, cancelled, left for another page, or when
// somebody else signs in: what a person said at the desk is for nobody else to find.
// A form that is opened anew is empty: the next person is not the one before.
//
//   <form data-kept>                     a form to keep, known by its action
//   <form data-kept data-kept-with="#x"> only filled again if #x reads the same:
//                                        a signature belongs to one text
//   <div data-kept-form="ACTION" hidden> shown where such a form is kept, but is not here;
//                                        its link goes on with it, its
//                                        <button data-kept-discard> forgets it
//   <a data-cancel>                      in such a form: leaves it, and forgets it
//   <div data-kept-notice="form" hidden> on the sign-in page: a form (or "scan") waits

import { pending } from "./pending.js";

const KEY = "comptoir.form";
const person = document.querySelector('meta[name="person"]')?.content ?? "";

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function write(draft) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // Storage is full or switched off: then it is as it was without this script.
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There is no storage, so nothing is kept.
  }
}

/** A form without an action of its own is sent to its page. */
const actionOf = (form) => new URL(form.getAttribute("action") ?? location.pathname, location).pathname;

const textWith = (form) => {
  const about = form.dataset.keptWith;
  return about ? document.querySelector(about).textContent.trim() : "";
};

function keep(form, sent) {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  write({ action: actionOf(form), about: textWith(form), person, sent, fields });
}

function fill(form, fields) {
  for (const field of form.elements) {
    const kept = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = kept.includes(field.value);
    else if (kept.length) field.value = kept[0];
  }
  for (const details of form.querySelectorAll("details")) {
    details.open ||= [...details.querySelectorAll("input:not([type=hidden]), textarea")].some(({ value }) => value);
  }
}

function show(selector) {
  for (const element of document.querySelectorAll(selector)) element.hidden = false;
}

/** Whether what is shown now is the same form still, and not the next one of its kind. */
function isGoneOnWith(draft) {
  const [load] = performance.getEntriesByType("navigation");
  return draft.goOn || ["reload", "back_forward"].includes(load?.type);
}

function resume(draft) {
  if (!person) {
    // Whatever was sent has met the end of the session instead.
    write({ ...draft, sent: false, goOn: true });
    show('[data-kept-notice="form"]');
    return;
  }
  const forms = [...document.querySelectorAll("form[data-kept]")];
  const form = forms.find((each) => actionOf(each) === draft.action && textWith(each) === draft.about);
  const elsewhere = `[data-kept-form="${draft.action}"]`;
  if (draft.person !== person || draft.sent) return forget();
  if (form && isGoneOnWith(draft)) fill(form, draft.fields);
  else if (!form && document.querySelector(elsewhere)) show(elsewhere);
  else return forget();
  write({ ...draft, goOn: false });
}

const draft = read();
if (draft) resume(draft);
if (!person && pending().length) show('[data-kept-notice="scan"]');

document.addEventListener("click", ({ target }) => {
  if (target.closest("form[data-kept] [data-cancel]")) forget();
  const notice = target.closest("[data-kept-form]");
  if (!notice) return;
  if (target.closest("a")) write({ ...read(), goOn: true });
  else if (target.closest("[data-kept-discard]")) {
    forget();
    notice.hidden = true;
  }
});
document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-kept]");
  if (form) keep(form, false);
});
document.addEventListener("submit", ({ target }) => {
  if (target.matches("form[data-kept]")) keep(target, true);
  else if (target.getAttribute("action") === "/sign-out") forget();
});
