/** Icons of the signing view; the house's grid and stroke are in parts/icons. */
export const icons = {
  signature: 'm4 16 .9-3.6 8.3-8.3a1.7 1.7 0 0 1 2.4 0l.3.3a1.7 1.7 0 0 1 0 2.4l-8.3 8.3L4 16ZM11.8 5.5l2.7 2.7',
  text: 'M4.5 6.5v-2h11v2M10 4.5v11M7.5 15.5h5',
  date: 'M5 4.5h10A1.5 1.5 0 0 1 16.5 6v9a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V6A1.5 1.5 0 0 1 5 4.5ZM3.5 8.3h13M7 2.8v3M13 2.8v3',
  radio: 'M10 3.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM10 7.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8Z',
  list: 'M4.5 4.5h11A1.5 1.5 0 0 1 17 6v8a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14V6a1.5 1.5 0 0 1 1.5-1.5ZM7.2 8.8 10 11.6l2.8-2.8',
  box: 'M5.8 3.8h8.4a2 2 0 0 1 2 2v8.4a2 2 0 0 1-2 2H5.8a2 2 0 0 1-2-2V5.8a2 2 0 0 1 2-2ZM7 10.2l2.2 2.2 4-4.6',
  down: 'm5 7.5 5 5 5-5',
  undo: 'M4 8h7.5a4.25 4.25 0 0 1 0 8.5H7M7.5 4.5 4 8l3.5 3.5',
  clear: 'M3.5 5.5h13M8 5.5V4a.8.8 0 0 1 .8-.8h2.4a.8.8 0 0 1 .8.8v1.5M5 5.5l.7 10a1.4 1.4 0 0 0 1.4 1.3h5.8a1.4 1.4 0 0 0 1.4-1.3l.7-10',
  close: 'm5 5 10 10M15 5 5 15',
  smaller: 'M4.5 10h11',
  larger: 'M10 4.5v11M4.5 10h11',
  more: 'M4.5 10v.01M10 10v.01M15.5 10v.01',
  back: 'm12.5 4.5-5.5 5.5 5.5 5.5',
  fore: 'm7.5 4.5 5.5 5.5-5.5 5.5',
  download: 'M10 3.5v9M6.2 9 10 12.8 13.8 9M3.5 13.5v1.5A1.5 1.5 0 0 0 5 16.5h10a1.5 1.5 0 0 0 1.5-1.5v-1.5',
} as const;

/** What a field's type looks like. */
export const typeIcons = {
  signature: icons.signature,
  initials: icons.signature,
  date_signed: icons.date,
  name: icons.text,
  text: icons.text,
  checkbox: icons.box,
  radio: icons.radio,
  dropdown: icons.list,
} as const;
