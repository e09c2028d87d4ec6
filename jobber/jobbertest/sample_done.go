package jobbertest

// sampleDone are the closed jobs of the past weeks, and two that come again and are billed by
// visit: their lines have no quantity, the visits' have.
func sampleDone() []sampleJob {
	type visits = []sampleVisit
	type lines = []sampleLine
	return []sampleJob{
		{
			number: 1001, done: true, title: "Furnace igniter", client: "Jensen",
			visits: visits{{day: -40, from: 8, to: 10, crew: "A"}},
			lines:  lines{typed("Hot surface igniter, universal", 1, 35.85), book("call", 1)},
		},
		{
			number: 1002, done: true, title: "Kitchen faucet", client: "Kowalski",
			visits: visits{{day: -38, from: 13, to: 15, crew: "J"}},
			lines:  lines{book("FCT-KIT-SS", 1), book("plumber", 2)},
		},
		{
			number: 1003, done: true, title: "Deck, 12x16", client: "Thorpe",
			visits: visits{
				{day: -36, from: 8, to: 16, crew: "DS"}, {day: -35, from: 8, to: 16, crew: "DS"},
				{day: -34, from: 8, to: 14, crew: "D"},
			},
			lines: lines{
				book("DCK-CED-12", 34), book("LUM-PT-4X4X8", 6),
				typed("Post base 4x4, adjustable", 6, 21.9), book("carpenter", 22),
				book("permit", 1),
			},
		},
		{
			number: 1004, done: true, title: "Hose bibbs", client: "Delgado",
			visits: visits{{day: -33, from: 9, to: 12, crew: "J"}},
			lines: lines{
				book("VLV-HB-12", 2), typed(`1/2" copper 90 elbow sweat`, 2, 3.5),
				book("plumber", 3),
			},
		},
		{
			number: 1006, done: true, title: "Storage lighting", client: "Abbott Storage",
			visits: visits{{day: -31, from: 8, to: 16, crew: "M"}},
			lines: lines{
				typed("Shop light 4 ft, LED, linkable", 8, 46.4), book("NM-14-2", 120),
				book("electrician", 8),
			},
		},
		{
			number: 1007, done: true, title: "Rain garden", client: "Reed and Daughters Farm",
			visits: visits{
				{day: -29, from: 8, to: 16, crew: "S"}, {day: -28, from: 8, to: 12, crew: "S"},
			},
			lines: lines{typed("Compost blend", 3.5, 54), book("FAB-4", 200), book("crew", 11)},
		},
		{
			number: 1008, done: true, title: "Outlets in the office", client: "Haddad Family Clinic",
			visits: visits{{day: -27, from: 13, to: 16, crew: "M"}},
			lines: lines{
				book("RCP-15-W", 8), book("BOX-1G-OW", 8), book("NM-12-2", 90),
				book("electrician", 3),
			},
		},
		{
			number: 1009, done: true, title: "Winterize irrigation", client: "Lindgren",
			visits: visits{{day: -26, from: 9, to: 11, crew: "S"}},
			lines:  lines{book("call", 1)},
		},
		{
			number: 1011, done: true, title: "Vanity light", client: "Vega",
			visits: visits{{day: -23, from: 9, to: 11, crew: "M"}},
			lines:  lines{book("FIX-VAN-3", 1), book("electrician", 2), book("discount", 1)},
		},
		{
			number: 1013, done: true, title: "Frost-free sill cock", client: "Novak",
			visits: visits{{day: -21, from: 10, to: 12, crew: "J"}},
			lines:  lines{book("VLV-HB-12", 1), book("PEX-AD-12M", 1), book("plumber", 2)},
		},
		{
			number: 1014, done: true, title: "Fence, north side", client: "Harris",
			visits: visits{
				{day: -19, from: 8, to: 16, crew: "DS"}, {day: -18, from: 8, to: 13, crew: "D"},
			},
			lines: lines{
				book("PCK-CED-6", 96), book("LUM-PT-4X4X8", 9), book("CON-FST-50", 18),
				book("carpenter", 14),
			},
		},
		{
			number: 1015, done: true, title: "Breaker keeps tripping", client: "Pohl Bakery",
			visits: visits{{day: -15, from: 8, to: 10, crew: "M"}},
			lines:  lines{book("BRK-20-1P", 2), book("call", 1), book("electrician", 1.5)},
		},
		{
			number: 1016, done: true, title: "Hall bath, finish", client: "Raman",
			visits: visits{{day: -12, from: 8, to: 15, crew: "J"}},
			lines: lines{
				book("VLV-SH-12", 1), typed("Brushed nickel trim kit, single handle", 1, 84),
				book("PVC-FLG-3", 1), book("plumber", 6),
			},
		},
		{
			number: 1017, done: true, title: "Tune-up and filters", client: "Fischer",
			visits: visits{{day: -8, from: 13, to: 15, crew: "A"}},
			lines:  lines{book("FLT-16-25", 2), book("technician", 2)},
		},
		{
			number: 1018, done: true, title: "Basement stud wall", client: "Oakes",
			visits: visits{{day: -7, from: 8, to: 16, crew: "D"}},
			lines:  lines{book("LUM-2X4X8", 38), typed("NAI-16D", 1, 69), book("carpenter", 8)},
		},
		{
			number: 1020, done: true, title: "Slow drain", client: "Miller",
			visits: visits{{day: -4, from: 9, to: 11, crew: "J"}},
			lines:  lines{book("DRN-PTR-112", 1), book("plumber", 1.5)},
		},
		{
			number: 1038, done: true, title: "Drip beds", client: "Oak Ridge HOA",
			visits: visits{{day: -1, from: 8, to: 14, crew: "S"}},
			lines:  lines{book("DRP-EM-1", 120), book("DRP-T-12", 300), book("crew", 6)},
		},
		{
			number: 1005, title: "Irrigation check", client: "Oak Ridge HOA",
			lines: lines{book("HED-POP-4", 0), book("NZL-12H", 0), book("call", 0)},
			visits: visits{
				{
					day: -25, from: 8, to: 11, crew: "S",
					lines: lines{book("HED-POP-4", 3), book("NZL-12H", 4), book("call", 1)},
				},
				{
					day: 5, from: 8, to: 11, crew: "S",
					lines: lines{book("HED-POP-4", 4), book("NZL-12H", 6), book("call", 1)},
				},
				{
					day: 35, from: 8, to: 11, crew: "S",
					lines: lines{book("HED-POP-4", 4), book("NZL-12H", 4), book("call", 1)},
				},
			},
		},
		{
			number: 1010, title: "Filter change", client: "Baker Dental",
			lines: lines{book("FLT-20-25", 0), book("technician", 0)},
			visits: visits{
				{
					day: -24, from: 15, to: 16, crew: "A",
					lines: lines{book("FLT-20-25", 4), book("technician", 1)},
				},
				{
					day: 12, from: 15, to: 16, crew: "A",
					lines: lines{book("FLT-20-25", 4), book("technician", 1)},
				},
				{
					day: 47, from: 15, to: 16, crew: "A",
					lines: lines{book("FLT-20-25", 4), book("technician", 1)},
				},
			},
		},
	}
}
