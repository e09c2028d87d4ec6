package jobbertest

// sampleUsers begins with the one who connects apps. First letters differ: they name the crew.
var sampleUsers = []struct {
	first, last string
	admin       bool
}{
	{"Laura", "Carver", true},
	{"Dale", "Whitaker", false},
	{"Joe", "Lind", false},
	{"Mia", "Torres", false},
	{"Sam", "Okafor", false},
	{"Ana", "Ruiz", false},
}

var sampleZIP = map[string]string{
	"Cedar Falls":     "50613",
	"Denver":          "50622",
	"Evansdale":       "50707",
	"Hudson":          "50643",
	"Janesville":      "50647",
	"Jesup":           "50648",
	"La Porte City":   "50651",
	"Waterloo":        "50701",
	"Waverly":         "50677",
	"Dike":            "50624",
	"Grundy Center":   "50638",
	"Shell Rock":      "50670",
	"Parkersburg":     "50665",
	"Raymond":         "50667",
	"Gilbertville":    "50634",
	"Independence":    "50644",
	"New Hartford":    "50660",
	"Elk Run Heights": "50707",
}

// sampleClients have one property each, at the address that stands here.
var sampleClients = []struct {
	first, last, company, street, town string
}{
	{"Paul", "Harris", "", "1127 Birch Lane", "Waterloo"},
	{"Denise", "Baker", "Baker Dental", "305 Main Street, Suite B", "Cedar Falls"},
	{"Tom", "Ellison", "Oak Ridge HOA", "1 Oak Ridge Circle", "Waterloo"},
	{"Linh", "Nguyen", "", "2210 Franklin Street", "Waterloo"},
	{"Grace", "Hill", "", "64 Hill Street", "Hudson"},
	{"Robert", "Novak", "", "918 Prairie View Road", "Evansdale"},
	{"Sheila", "Grant", "", "77 Quarry Road", "Jesup"},
	{"Marcus", "Webb", "", "1450 Lincoln Avenue", "Waverly"},
	{"Ellen", "Schroeder", "", "212 Third Avenue NW", "Waverly"},
	{"Hannah", "Pohl", "Pohl Bakery", "19 Commercial Street", "La Porte City"},
	{"Dwight", "Larsen", "", "8031 County Line Road", "Denver"},
	{"Teresa", "Vega", "", "533 Sycamore Street", "Cedar Falls"},
	{"Karen", "Miller", "", "418 Alder Street", "Cedar Falls"},
	{"Brian", "Oakes", "", "29 Willow Court", "Hudson"},
	{"Priya", "Raman", "", "1706 Seerley Boulevard", "Cedar Falls"},
	{"Walt", "Jensen", "", "4400 Dike Road", "Dike"},
	{"Carol", "Fischer", "", "611 Eighth Street", "Grundy Center"},
	{"Andre", "Coleman", "", "145 Rainbow Drive", "Waterloo"},
	{"Judy", "Meyer", "", "820 Cherry Street", "Shell Rock"},
	{"Neil", "Abbott", "Abbott Storage", "2901 Airport Boulevard", "Waterloo"},
	{"Rosa", "Delgado", "", "37 Lafayette Road", "Raymond"},
	{"Kevin", "Thorpe", "", "1015 Depot Street", "Parkersburg"},
	{"Susan", "Albrecht", "", "256 Fifth Street", "Gilbertville"},
	{"Omar", "Haddad", "Haddad Family Clinic", "700 Technology Parkway", "Cedar Falls"},
	{"Beth", "Lindgren", "", "3312 Orchard Drive", "Cedar Falls"},
	{"Carl", "Young", "", "94 River Road", "Janesville"},
	{"Monica", "Price", "", "1288 Bluff Street", "Independence"},
	{"Greg", "Sutter", "", "502 Packwaukee Street", "New Hartford"},
	{"Irene", "Kowalski", "", "61 Gilbert Drive", "Elk Run Heights"},
	{"Nathan", "Reed", "Reed and Daughters Farm", "6120 Sage Road", "Jesup"},
}
