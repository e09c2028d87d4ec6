package jobbertest

// sampleSoon are the jobs that should have been done, and those of today, tomorrow and the days
// up to a week from now.
func sampleSoon() []sampleJob {
	type visits = []sampleVisit
	type lines = []sampleLine
	return []sampleJob{
		// Late.
		{
			number: 1012, title: "Deck board repair", client: "Harris",
			visits: visits{{day: -6, from: 8, to: 12, crew: "D"}},
			lines:  lines{book("DCK-CED-12", 6), typed("SCR-DK-212", 1, 49.5), book("carpenter", 4)},
		},
		{
			number: 1019, title: "Switches and dimmers", client: "Schroeder",
			visits: visits{{day: -3, from: 13, to: 15, crew: "M"}},
			lines: lines{
				book("SWT-DIM-W", 3), book("SWT-3W-W", 2), book("PLT-DEC-W", 5),
				typed("Wire nut, yellow", 12, 0.2), book("electrician", 2),
			},
		},
		{
			number: 1021, title: "Downspout drain", client: "Larsen",
			visits: visits{{day: -2, from: 8, to: 14, crew: "SD"}},
			lines: lines{
				typed("Drain pipe 4 in, perforated, with sock", 60, 1.79),
				typed("DRN-BSN-9 catch basin", 1, 48), typed("Pea gravel 3/8 in", 1.5, 78),
				book("crew", 5),
			},
		},
		// Today.
		{
			number: 1036, title: "Two toilets", client: "Albrecht",
			visits: visits{{day: 0, from: 8, to: 11, crew: "J"}},
			lines: lines{
				book("TLT-RND-W", 2), book("TLT-WAX", 2), book("SUP-TLT-12", 2),
				book("VLV-STOP-12", 2), typed(`1/2" copper 90 elbow sweat`, 4, 3.5),
				book("plumber", 3), book("haul", 1),
			},
		},
		{
			number: 1039, title: "Basement circuit", client: "Oakes",
			visits: visits{{day: 0, from: 8, to: 13, crew: "M"}},
			lines: lines{
				typed("Romex 12-2", 60, 1.4), book("BRK-20-AF", 1), book("RCP-20-W", 6),
				book("BOX-1G-NW", 6), book("electrician", 5), book("permit", 1),
			},
		},
		{
			number: 1041, title: "Yard cleanup and mulch", client: "Meyer",
			visits: visits{{day: 0, from: 9, to: 15, crew: "SD"}},
			lines: lines{
				book("MUL-HW", 2.5), book("FAB-4", 80), typed("Fabric pin 6 in, steel", 60, 0.19),
				book("crew", 6), book("discount", 1),
			},
		},
		{
			number: 1047, title: "Panel upgrade", client: "Baker Dental",
			visits: visits{{day: 0, from: 8, to: 16, crew: "DM"}},
			lines: lines{
				book("PNL-200-40", 1), book("BRK-20-AF", 4), book("BRK-30-2P", 2),
				book("NM-12-2", 100), typed("Ground rod 5/8 in x 8 ft", 2, 26.85),
				typed("Ground clamp 5/8 in, acorn", 2, 5.1), book("electrician", 8),
				book("permit", 1),
			},
			note: "Power off from 8. The practice is closed today.",
		},
		// Tomorrow.
		{
			number: 1042, title: "Bathroom rough-in", client: "Miller",
			visits: visits{
				{day: 1, from: 8, to: 12, crew: "JM"}, {day: 2, from: 8, to: 15, crew: "JM"},
			},
			lines: lines{
				book("PEX-12-R", 120), book("PEX-12-B", 120), book("PEX-EL-12", 16),
				book("PEX-RNG-12", 50), book("PVC-EL-2", 8), book("PVC-P-2", 30),
				book("BRK-20-1P", 6), book("NM-12-2", 75), book("GFCI-20-W", 2),
				book("BOX-1G-OW", 4), book("VLV-SH-12", 1),
				typed("Brushed nickel trim kit, single handle", 1, 84),
			},
			note: "Key under the planter. Dog is friendly, keep the gate shut.",
		},
		{
			number: 1043, title: "Irrigation, zone 4 repair", client: "Oak Ridge HOA",
			visits: visits{{day: 1, from: 10.5, to: 14.5, crew: "S"}},
			lines: lines{
				book("VLV-IR-1", 2), book("DRP-EM-1", 60), book("DRP-T-12", 150),
				typed("DRP-TEE", 8, 0.88), book("HED-POP-4", 6), book("NZL-12H", 6),
				book("POL-P-1", 40), typed("Clamp 1 in, stainless", 12, 1.15),
			},
		},
		{
			number: 1044, title: "Fence section, 24 ft", client: "Webb",
			visits: visits{{day: 1, from: 9, to: 16, crew: "D"}},
			lines: lines{
				book("LUM-PT-4X4X8", 4), book("PCK-CED-6", 48), book("CON-FST-50", 8),
				typed("Lumber 2x4x8, pressure treated", 9, 8.25), book("carpenter", 7),
			},
		},
		{
			number: 1045, title: "Water heater swap", client: "Nguyen",
			visits: visits{{day: 1, from: 13, to: 16, crew: "J"}},
			lines: lines{
				book("WH-40-G", 1), book("SUP-WH-18", 2), book("VLV-BALL-34", 1),
				book("VLV-TP-34", 1), book("PAN-WH-24", 1), book("CU-P-34", 10),
				book("TNK-EXP-2", 1),
			},
		},
		// The days after.
		{
			number: 1046, title: "Thermostat and filters", client: "Raman",
			visits: visits{{day: 2, from: 8, to: 10, crew: "A"}},
			lines:  lines{book("TST-PRG", 1), book("FLT-16-25", 4), book("technician", 2)},
		},
		{
			number: 1048, title: "Paver walk, 32 ft", client: "Coleman",
			visits: visits{
				{day: 2, from: 8, to: 16, crew: "SD"}, {day: 3, from: 8, to: 16, crew: "SD"},
			},
			lines: lines{
				book("PAV-HOL", 620), book("GRV-BASE", 4.5), typed("Paver base sand", 1.5, 39),
				book("SND-POLY", 4), book("crew", 14),
			},
		},
		{
			number: 1050, title: "Bath fan", client: "Vega",
			visits: visits{{day: 2, from: 13, to: 16, crew: "A"}},
			lines: lines{
				book("FAN-BTH-80", 1), typed("Romex 12-2", 25, 1.4),
				typed("Round duct 6 in x 5 ft, galvanized", 2, 14.25), book("electrician", 3),
			},
		},
		{
			number: 1051, title: "Kitchen, rough and trim", client: "Hill",
			visits: visits{
				{day: 3, from: 8, to: 16, crew: "JM"}, {day: 4, from: 8, to: 12, crew: "M"},
			},
			lines: lines{
				book("NM-12-2", 50), book("LED-CAN-6", 6), book("LED-UC-24", 4),
				book("RCP-20-W", 8), book("FCT-KIT-SS", 1), book("DRN-PTR-112", 1),
				book("electrician", 9), book("plumber", 2),
			},
		},
		{
			number: 1052, title: "Drywall patch and paint", client: "Fischer",
			visits: visits{{day: 3, from: 8, to: 14, crew: "A"}},
			lines: lines{
				book("DRY-12-8", 3), typed("Blue board 1/2", 2, 22), book("PNT-EGG-W", 2),
				typed("Joint compound, all purpose, 4.5 gal", 1, 23.65), book("painter", 6),
			},
		},
		{
			number: 1055, title: "Line set for a heat pump", client: "Haddad Family Clinic",
			visits: visits{{day: 3, from: 13, to: 16, crew: "A"}},
			lines: lines{
				book("LIN-38-34", 1), typed("DSC-60", 1, 20.5), typed("WHP-34-6", 1, 24.5),
				book("technician", 3),
			},
		},
		{
			number: 1049, title: "Cedar beds, front", client: "Lindgren",
			visits: visits{{day: 4, from: 8, to: 12, crew: "S"}},
			lines:  lines{book("mulch installed", 4), book("FAB-4", 120), book("crew", 4)},
		},
		{
			number: 1053, title: "Sod, side yard", client: "Young",
			visits: visits{{day: 4, from: 9, to: 15, crew: "SD"}},
			lines: lines{
				book("SOD", 600), typed("Topsoil, screened", 3, 40.8), typed("FRT-STR", 1, 53),
				book("crew", 6),
			},
		},
		{
			number: 1056, title: "Retaining wall", client: "Grant",
			visits: visits{
				{day: 4, from: 8, to: 16, crew: "D"}, {day: 7, from: 8, to: 16, crew: "SD"},
				{day: 9, from: 8, to: 16, crew: "SD"},
			},
			lines: lines{
				book("BLK-RET", 150), typed("Wall cap 12 in, tan", 36, 4.93), book("GRV-BASE", 6),
				typed("ADH-WAL wall adhesive", 6, 12.6), book("crew", 22),
			},
		},
		{
			number: 1054, title: "Porch lights and outlet", client: "Sutter",
			visits: visits{{day: 5, from: 9, to: 12, crew: "M"}},
			lines: lines{
				book("FIX-EXT-BK", 2), book("outlet kit", 1), book("GFCI-15-W", 1),
				book("electrician", 3),
			},
		},
		{
			number: 1057, title: "Laundry hookup", client: "Price",
			visits: visits{{day: 6, from: 8, to: 12, crew: "J"}},
			lines: lines{
				typed(`1/2" copper 90 elbow sweat`, 6, 3.5), book("VLV-BALL-34", 2),
				book("PVC-ST-2", 1), book("PVC-P-2", 10), book("plumber", 4),
			},
		},
		{
			number: 1040, title: "Path lighting", client: "Novak",
			visits: visits{{day: 6, from: 13, to: 16, crew: "M"}},
			lines: lines{
				book("LV-PATH", 10), book("LV-W-12-2", 150), typed("LV-TRF-150", 1, 136),
				book("electrician", 3),
			},
		},
	}
}
