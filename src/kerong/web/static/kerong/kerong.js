// The portal's own behaviour: demo log-ins fill the form, printing opens every fold.
"use strict";

document.addEventListener("click", (event) => {
  const login = event.target.closest(".demo-login");
  if (login) {
    document.getElementById("id_login").value = login.dataset.user;
    document.getElementById("id_password").value = login.dataset.password;
    document.querySelector(".entrance-form button").focus();
  }
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.offer")) {
    fold.open = true;
  }
});
