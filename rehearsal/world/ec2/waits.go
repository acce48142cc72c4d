package ec2

import (
	"time"

	"eksnet/rehearsal/world/store"
)

// Linger keeps an interface that AWS deletes automatically after a time.
func Linger(w *store.Account, eni *store.Object, took time.Duration) {
	eni.Learn("lingers", took.Seconds())
	eni.Learn("lingersType", w.At.Typ)
	eni.Learn("lingersID", w.At.ID)
	for _, address := range w.With(store.EipType, "networkInterface", eni.ID) {
		disassociate(w, address)
	}
}

// Lingering reports whether AWS deletes an interface automatically.
func Lingering(o *store.Object) bool { return o.Facts["lingers"] != nil }

// outwait returns which of the resources in the way remain after the call has waited for those that AWS deletes
// automatically.
func outwait(w *store.Account, inTheWay []*store.Object) []*store.Object {
	var left []*store.Object
	longest := store.Wait{}
	for _, o := range inTheWay {
		if !Lingering(o) {
			left = append(left, o)
			continue
		}
		eni := NetworkInterfaceOf(o)
		if *eni.Lingers > longest.Seconds {
			longest = store.Wait{Type: w.At.Typ, ID: w.At.ID, What: "interfaces of " + eni.Description + " linger", Seconds: *eni.Lingers}
			if eni.LingersType != w.At.Typ || eni.LingersID != w.At.ID {
				longest.SinceType, longest.SinceID = eni.LingersType, eni.LingersID
			}
		}
		w.Drop(o)
	}
	if longest.Seconds > 0 {
		w.Waits = append(w.Waits, longest)
	}
	return left
}
