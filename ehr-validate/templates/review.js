"use strict";
(function () {
  var form = document.getElementById("review");
  var save = document.getElementById("save");
  var status = document.getElementById("status");
  function decisions() {
    var out = {};
    form.querySelectorAll("input[type=radio]:checked").forEach(function (input) { out[input.name] = input.value; });
    return out;
  }
  function total() { return form.querySelectorAll("fieldset.decision").length; }
  function tell() {
    var done = Object.keys(decisions()).length;
    status.textContent = done + " of " + total() + " fields decided";
  }
  form.querySelectorAll("button.rest").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      button.closest("section").querySelectorAll("fieldset.decision").forEach(function (field) {
        if (!field.querySelector("input:checked")) { field.querySelector("input[value=accept]").checked = true; }
      });
      tell();
    });
  });
  form.addEventListener("change", tell);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  save.hidden = false;
  save.addEventListener("click", function () {
    if (!form.reportValidity()) { return; }
    var notes = {};
    form.querySelectorAll("input.note").forEach(function (input) { if (input.value) { notes[input.name.slice(5)] = input.value; } });
    var answer = {
      schema: form.dataset.schema, packet: form.dataset.packet, item: Number(form.dataset.item),
      reviewer: form.elements.reviewer.value, role: form.elements.role.value, signed: form.elements.signed.value,
      decisions: decisions(), notes: notes
    };
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(answer, null, 1) + "\n"], { type: "application/json" }));
    link.download = "answer-" + String(answer.item).padStart(4, "0") + ".json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  tell();
})();
