/** Fields of every kind that a signer chooses or writes in, as a partner asks for them; one below the other on this page. */
export function fieldsOn(page: number) {
  const at = (y: number, over: object = {}) => ({ page, x: 0.1, y, width: 0.3, height: 0.04, ...over });
  const small = { width: 0.03, height: 0.02 };
  const signature = { type: 'signature', ...at(0.02) };
  const radio = {
    type: 'radio',
    name: 'delivery',
    label: 'Delivery',
    options: [
      { value: 'whole', label: 'In one piece', ...at(0.1, small) },
      { value: 'parts', ...at(0.13, small) },
      { value: 'none', label: 'Collected', ...at(0.16, small) },
    ],
  };
  const dropdown = {
    type: 'dropdown',
    name: 'berth',
    label: 'Berth',
    options: ['B7', { value: 'B8', label: 'Berth 8, south' }, { value: 'B9', label: 'Berth 9' }],
    ...at(0.25),
  };
  const prose = { type: 'text', name: 'notes', label: 'Notes', multiline: true, max_length: 60, ...at(0.35, { height: 0.12 }) };
  /** One text that stands twice. */
  const twice = { type: 'text', name: 'plate', label: 'Plate', max_length: 5, places: [at(0.55), at(0.62, { x: 0.5 })] };
  const box = { type: 'checkbox', name: 'insured', label: 'Insured', export_value: 'Yes', ...at(0.7, small) };
  return { signature, radio, dropdown, prose, twice, box };
}
