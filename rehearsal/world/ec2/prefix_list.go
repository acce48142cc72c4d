package ec2

import (
	"eksnet/rehearsal/world/store"
)

// PrefixList is a prefix list of the operator. No stack creates one.
type PrefixList struct {
	MaxEntries int `json:"maxEntries"`
}

// HoldPrefixList adds a prefix list of the operator with a maximum number of entries; an existing one does not change.
func HoldPrefixList(w *store.Account, id string, entries int) {
	if w.Get(store.PrefixListType, id) != nil {
		return
	}
	o := &store.Object{Type: store.PrefixListType, ID: id, Owner: store.OperatorOwner, Inputs: store.Properties{"addressFamily": "IPv4", "maxEntries": float64(entries)}}
	o.Show(store.Properties{"arn": w.ARN("ec2", "prefix-list/"+id)})
	w.Put(o)
}

// checkPrefixLists refuses prefix lists that do not exist.
func checkPrefixLists(w *store.Account, operation string, ids []string) error {
	for _, id := range ids {
		if err := PrefixListExists.When(w.Get(store.PrefixListType, id) == nil, operation, id); err != nil {
			return err
		}
	}
	return nil
}

// rulesFor returns as how many rules a rule of a security group counts: one for each peer, and for a prefix list its
// maximum number of entries, whatever it has now
// (https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html).
func rulesFor(w *store.Account, r *SecurityGroupRule) int {
	count := len(r.peers()) - len(r.PrefixLists)
	for _, id := range r.PrefixLists {
		if list := w.Get(store.PrefixListType, id); list != nil {
			count += store.Decode[PrefixList](list).MaxEntries
		}
	}
	return count
}
