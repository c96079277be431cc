// A click on a label chooses it, a handle moves a threshold, a picture grows.
// gradio changes the list in its place after each step, so that the keyboard stays where it is.
let waiting = null;
element.addEventListener('click', (event) => {
  event.target.closest('.kss-picture')?.classList.toggle('kss-large');
  const chosen = event.target.closest('[data-label]');
  if (!chosen) return;
  trigger('select', {position: Number(chosen.dataset.label)});
  if (window.innerWidth < 700 && document.querySelector('.kss-row'))
    document.querySelector('#kss-why-title').scrollIntoView({behavior: 'smooth'});
});
element.addEventListener('input', (event) => {
  const handle = event.target, row = handle.closest('.kss-row');
  if (!row) return;
  event.stopPropagation();
  clearTimeout(waiting);
  row.classList.toggle('kss-predicted', Number(row.dataset.score) >= Number(handle.value));
  row.querySelector('small').textContent = ` of ${Number(handle.value).toFixed(2)}`;
});
// When the mouse lets go, or some time after the last of several keys, so that no answer moves a handle that is moving.
element.addEventListener('change', (event) => {
  const {position} = event.target.dataset, threshold = Number(event.target.value);
  if (position === undefined) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => trigger('input', {position: Number(position), threshold}), 250);
});
