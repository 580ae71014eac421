/** Icons of the later steps; the house's grid and stroke are in parts/icons. */
export const vendorIcons = {
  kelviq:
    'M4.6 4.8h10.8A1.6 1.6 0 0 1 17 6.4v7.2a1.6 1.6 0 0 1-1.6 1.6H4.6A1.6 1.6 0 0 1 3 13.6V6.4a1.6 1.6 0 0 1 1.6-1.6ZM3 8.3h14M6 12.2h3',
  scribeless: 'm4 16 .9-3.6 8.3-8.3a1.7 1.7 0 0 1 2.4 0l.3.3a1.7 1.7 0 0 1 0 2.4l-8.3 8.3L4 16ZM11.8 5.5l2.7 2.7',
};
export const unknownIcon =
  'M17.25 10a7.25 7.25 0 1 1-14.5 0 7.25 7.25 0 0 1 14.5 0ZM7.9 8a2.1 2.1 0 1 1 3.2 1.8c-.7.4-1.1.8-1.1 1.6M10 13.8v.1';
export const openIcon = 'M8 4.5H5A1.5 1.5 0 0 0 3.5 6v9A1.5 1.5 0 0 0 5 16.5h9a1.5 1.5 0 0 0 1.5-1.5v-3M11.5 3.5h5v5M16.5 3.5l-7 7';
