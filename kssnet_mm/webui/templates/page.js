// A click on a label chooses it, a handle moves a threshold, a picture grows.
// The list is written anew after each change, so that the place of the keyboard is kept.
let key = null, waiting = null;
element.addEventListener('focusin', (event) => { key = event.target.dataset.key || null; });
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
  row.classList.toggle('kss-predicted', Number(row.dataset.score) >= Number(handle.value));
  row.querySelector('small').textContent = ` of ${Number(handle.value).toFixed(2)}`;
  clearTimeout(waiting);
  waiting = setTimeout(() => trigger('input', {
    position: Number(handle.dataset.position), threshold: Number(handle.value)}), 150);
});
watch('value', () => {
  if (key && (document.activeElement === document.body || document.activeElement === null))
    element.querySelector(`[data-key="${key}"]`)?.focus({preventScroll: true});
});
