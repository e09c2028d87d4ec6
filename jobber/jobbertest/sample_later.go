package jobbertest

// sampleLater are the jobs of the weeks after the next seven days.
func sampleLater() []sampleJob {
	type visits = []sampleVisit
	type lines = []sampleLine
	return []sampleJob{
		{
			number: 1058, title: "Half bath rough-in", client: "Webb",
			visits: visits{{day: 8, from: 8, to: 16, crew: "J"}},
			lines: lines{
				book("PEX-12-R", 60), book("PEX-12-B", 60), book("PEX-T-12", 6),
				book("PEX-RNG-12", 40), book("PVC-FLG-3", 1), book("plumber", 8),
			},
		},
		{
			number: 1060, title: "Garage subpanel wiring", client: "Larsen",
			visits: visits{{day: 9, from: 8, to: 16, crew: "M"}},
			lines: lines{
				book("NM-14-2", 180), book("RCP-20-W", 6), book("BOX-1G-NW", 8),
				book("electrician", 8),
			},
		},
		{
			number: 1061, title: "Yard drain", client: "Grant",
			visits: visits{{day: 10, from: 8, to: 15, crew: "SD"}},
			lines: lines{
				typed("4in black corrugated w/ sock", 80, 2.1),
				typed("River rock 1 in to 3 in", 2, 98.5), book("crew", 7),
			},
		},
		{
			number: 1062, title: "Workshop outlets", client: "Jensen",
			visits: visits{{day: 11, from: 8, to: 12, crew: "M"}},
			lines: lines{
				typed("Romex 12-2", 110, 1.4), book("RCP-15-W", 10), book("BOX-1G-NW", 10),
				book("electrician", 4),
			},
		},
		{
			number: 1063, title: "Wall and ceiling paint", client: "Kowalski",
			visits: visits{
				{day: 11, from: 8, to: 16, crew: "A"}, {day: 13, from: 8, to: 12, crew: "A"},
			},
			lines: lines{
				book("PNT-EGG-W", 5), typed("Ceiling paint, flat, white", 3, 30.8),
				typed("PRM-DRY", 4, 24.5), book("painter", 12),
			},
		},
		{
			number: 1064, title: "Sink base and stops", client: "Delgado",
			visits: visits{{day: 13, from: 9, to: 12, crew: "J"}},
			lines: lines{
				book("VLV-STOP-12", 3), typed(`1/2" copper 90 elbow sweat`, 5, 3.5),
				book("DRN-PTR-112", 1), book("plumber", 3),
			},
		},
		{
			number: 1065, title: "Pergola posts", client: "Thorpe",
			visits: visits{
				{day: 15, from: 8, to: 16, crew: "DS"}, {day: 16, from: 8, to: 16, crew: "DS"},
			},
			lines: lines{
				typed("Post 6x6x10, pressure treated", 4, 55), typed("BSE-6X6", 4, 36.75),
				book("CON-FST-50", 12), book("carpenter", 14),
			},
		},
		{
			number: 1066, title: "Cedar beds, back", client: "Lindgren",
			visits: visits{{day: 16, from: 8, to: 14, crew: "S"}},
			lines:  lines{book("mulch installed", 6), book("FAB-4", 160), book("crew", 6)},
		},
		{
			number: 1067, title: "Office lights", client: "Haddad Family Clinic",
			visits: visits{{day: 18, from: 8, to: 16, crew: "M"}},
			lines: lines{
				book("LED-CAN-6", 18), book("SWT-DIM-W", 4), book("NM-14-2", 150),
				book("electrician", 8),
			},
		},
		{
			number: 1068, title: "Boiler room piping", client: "Pohl Bakery",
			visits: visits{{day: 20, from: 8, to: 16, crew: "J"}},
			lines: lines{
				book("CU-P-34", 40), typed(`1/2" copper 90 elbow sweat`, 8, 3.5),
				book("VLV-BALL-34", 3), book("plumber", 8),
			},
		},
		{
			number: 1069, title: "Zone valves, phase 1", client: "Oak Ridge HOA",
			visits: visits{{day: 22, from: 8, to: 15, crew: "S"}},
			lines: lines{
				book("VLV-IR-1", 4), book("POL-P-1", 200), typed("BOX-IR-10", 3, 23.85),
				book("crew", 7),
			},
		},
		{
			number: 1070, title: "Attic insulation", client: "Meyer",
			visits: visits{{day: 25, from: 8, to: 13, crew: "DA"}},
			lines:  lines{typed("Insulation R-13, 15 in, faced", 6, 81), book("carpenter", 5)},
		},
		{
			number: 1071, title: "Patio pavers", client: "Coleman",
			visits: visits{
				{day: 28, from: 8, to: 16, crew: "SD"}, {day: 29, from: 8, to: 16, crew: "SD"},
				{day: 30, from: 8, to: 14, crew: "S"},
			},
			lines: lines{
				book("PAV-HOL", 780), book("GRV-BASE", 8), book("SND-POLY", 2), book("crew", 22),
			},
		},
		{
			number: 1072, title: "Shelves and ceiling fan box", client: "Young",
			visits: visits{{day: 33, from: 9, to: 12, crew: "A"}},
			lines: lines{
				book("LUM-2X4X8", 12), typed("Ceiling box 4 in, fan rated", 1, 12.6),
				book("carpenter", 3),
			},
		},
		{
			number: 1073, title: "Bathroom circuit", client: "Sutter",
			visits: visits{{day: 41, from: 8, to: 12, crew: "M"}},
			lines: lines{
				book("BRK-20-AF", 1), book("GFCI-15-W", 1), book("NM-14-2", 80),
				book("electrician", 4),
			},
		},
	}
}

// sampleUndated are the jobs that wait for a date.
func sampleUndated() []sampleJob {
	type lines = []sampleLine
	return []sampleJob{
		{
			number: 1022, title: "Exterior paint, garage", client: "Harris",
			lines: lines{typed("PNT-EXT-W", 6, 53), book("painter", 16)},
			note:  "In spring, above 50 °F.",
		},
		{
			number: 1025, title: "Replace angle stops", client: "Schroeder",
			lines: lines{book("VLV-STOP-12", 8), book("plumber", 4)},
		},
		{
			number: 1028, title: "Guest bath trim", client: "Price",
			lines: lines{typed("Towel bar set, owner picked", 1, 95), book("plumber", 2)},
		},
		{
			number: 1031, title: "Shed wiring", client: "Novak",
			lines: lines{
				typed("Cable UF-B 12/2 with ground", 90, 1.41), book("RCP-15-W", 4),
				book("electrician", 5),
			},
		},
		{
			number: 1034, title: "New circuits, shop", client: "Reed and Daughters Farm",
			lines: lines{book("BRK-15-1P", 12), book("NM-14-2", 250), book("electrician", 10)},
		},
		{
			number: 1059, title: "Raised beds", client: "Vega",
			lines: lines{book("MUL-CED", 1.5), typed("Compost blend", 2.5, 54), book("crew", 5)},
		},
	}
}
