package store

import "testing"

func postThings(t *testing.T, db *DB) error {
	at := frozen().Now()
	if err := db.FinishAlerts(t.Context(), AlertStep{News: []News{
		{Crossing: &Crossing{Item: 1, Severity: Low, At: at, Available: 5000, Minimum: 6000, By: "lee", Movement: 3}},
		{Import: &NewsFile{By: "lee", Was: []ImportTally{{Category: "Wire", Items: 3, Low: 1}}}},
	}}); err != nil {
		return err
	}
	if _, err := db.PushKey(t.Context()); err != nil {
		return err
	}
	if _, err := db.AddPush(t.Context(), Push{User: 1, Endpoint: "https://push.example/1", Auth: "BTBZMqHH6r4Tts7J_aSIgg", Device: "Phone",
		P256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}); err != nil {
		return err
	}
	return db.SeeNews(t.Context(), 1, 1)
}

func readNews(t *testing.T, db *DB) {
	t.Helper()
	rows, more, err := db.NewsPage(t.Context(), User{ID: 1}, 0, 9)
	if err != nil || more || len(rows) != 2 {
		t.Fatalf("news %+v, %v, %v", rows, more, err)
	}
	file, low := rows[0], rows[1]
	if file.Import == nil || file.Import.Was[0].Low != 1 || !file.Fresh {
		t.Errorf("the import is %+v", file)
	}
	if low.Crossing == nil || low.Item.SKU != "AB-1" || low.Crossing.Available != 5000 || low.Cause.Kind != Transfer || low.Fresh || low.At.IsZero() {
		t.Errorf("the crossing is %+v", low)
	}
	if all, err := db.Pushes(t.Context(), 1); err != nil || len(all) != 1 || all[0].Endpoint != "https://push.example/1" || all[0].At.IsZero() {
		t.Errorf("pushes %+v, %v", all, err)
	}
}
