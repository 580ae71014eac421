/** What the demo's lease agreement says: clauses by page, each a heading and its paragraphs. */
export const pages: readonly (readonly [heading: string, ...paragraphs: string[]])[][] = [
  [
    [
      'The parties',
      'This agreement is made between Harbor Leasing AB, Skeppsbron 12, Gothenburg (the Lessor), and the company that is named below (the Lessee). Whoever signs for the Lessee is named again, with their e-mail, on the pages that are added when this agreement is completed.',
    ],
    [
      'The Equipment',
      'The Lessor lets to the Lessee the equipment that the Lessee chooses in the portal, each piece with its accessories as described there on the day it is ordered (the Equipment). The Equipment stays the property of the Lessor.',
      'The Lessee uses the Equipment for its own business, keeps it at the address it has given, and does not let it to others.',
    ],
    [
      'The Term',
      'The lease of each piece begins on the day it is delivered and runs for thirty-six months. It ends without notice. A piece that the Lessee keeps longer is leased month by month, and either party may end that at the end of any month.',
    ],
    [
      'The rent',
      'The rent is the one shown in the portal when the Equipment is ordered. It is owed monthly in advance, on the first day of the month, and is taken by the means of payment that the Lessee has set up.',
      'On rent that is late, interest runs from the day it was due at the rate of the Interest Act. The Lessor sends one reminder before it takes further steps.',
    ],
  ],
  [
    [
      'Care and repair',
      'The Lessee handles the Equipment as its maker asks, has it serviced at the times the maker names, and tells the Lessor of any damage within three working days. Repairs of fair wear are paid by the Lessor, all others by the Lessee.',
      'The Lessee changes nothing in the Equipment that cannot be undone without a trace, and leaves the marks that show whose it is.',
    ],
    [
      'Loss and damage',
      'From delivery until return the Equipment is at the Lessee’s risk. If a piece is lost or beyond repair, the Lessee pays what it was worth on that day; the rent for it ends with the month.',
    ],
    [
      'Insurance',
      'The Lessee keeps the Equipment insured at its full replacement value from delivery until return, names the Lessor as the party to be paid, and shows proof of cover within ten days of being asked for it.',
    ],
    [
      'Return of the Equipment',
      'At the end of the Term the Lessee returns the Equipment clean, complete and in working order, fair wear excepted. The Lessor collects it from the Lessee’s address at its own cost, on a day agreed at least five working days before.',
      'Equipment that is not ready on that day is charged at one thirtieth of the monthly rent for each day begun.',
    ],
  ],
  [
    [
      'Delivery',
      'The Lessor delivers within the time shown in the portal. If it asks for it, and the Lessee agrees by a tick here, delivery may come in two parts.',
    ],
    [
      'Law and notices',
      'This agreement is governed by Swedish law. Notices are given in writing, by e-mail to the addresses the parties have given each other, and count as received on the next working day. Electronic signatures bind both parties as ink does.',
    ],
    [
      'Transfer',
      'The Lessor may transfer its rights under this agreement. The authoritative copy is kept in an electronic vault; whoever controls it there is the party to whom the rent is owed. The Lessee transfers nothing without written consent.',
      'This agreement has three pages. The Lessee has read them and signs below.',
    ],
  ],
];
