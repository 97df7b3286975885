// Enter, which a scanner sends too, goes on to the next field while one is still to be filled,
// and sends the form from the last. The field of the code has the focus again after each.

const form = document.getElementById("voucher-form");
const fields = [...form.querySelectorAll("input:not([type=hidden])")];

form.addEventListener("keydown", (event) => {
  const place = fields.indexOf(event.target);
  if (event.key !== "Enter" || place < 0 || place === fields.length - 1) return;
  if (!document.getElementById("pin")) return;
  event.preventDefault();
  fields[place + 1].focus();
});
fields[0].select();
