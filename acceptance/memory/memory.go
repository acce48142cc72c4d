// Package memory is an account in memory whose resources depend on each other as on AWS. It is for tests of the audit
// and the sweep. A cluster in memory has load balancers for tests of the look.
package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// Item is a resource with its dependencies.
type Item struct {
	leftover.Resource
	// Needs are the IDs of resources that AWS does not delete while this one exists.
	Needs []string
	// With is the ID of the resource that AWS deletes this one with, "" for none, and Linger for how many ticks it
	// remains then.
	With   string
	Linger int
	// Delay is for how many ticks the resource is being deleted.
	Delay int
	// Successor is what AWS creates once the resource is deleted, nil for nothing.
	Successor *Item
	// left counts the ticks until the resource is deleted, 0 while it is not being deleted.
	left int
}

// Account is an account in memory.
type Account struct {
	Settings
	Who   account.Identity
	Items []*Item
	// Stale are ARNs of ended resources that the tagging API still lists, by tag.
	Stale map[leftover.Tag][]string
	// Refuse returns the error of a call for a resource, nil to accept it.
	Refuse func(call string, r leftover.Resource) error
	// Deletions are the IDs of the resources whose deletion was requested and accepted.
	Deletions []string
	// Cluster has the load balancers, nil for none.
	Cluster *Cluster
}

// Find returns the item of an ID, nil for none.
func (a *Account) Find(id string) *Item {
	if i := slices.IndexFunc(a.Items, func(item *Item) bool { return item.ID == id }); i >= 0 {
		return a.Items[i]
	}
	return nil
}

// Identity implements account.Account.
func (a *Account) Identity(context.Context) (account.Identity, error) {
	return a.Who, a.refused("sts:GetCallerIdentity", leftover.Resource{})
}

// VPCs implements account.Account.
func (a *Account) VPCs(context.Context) (all []leftover.Resource, err error) {
	for _, item := range a.Items {
		if item.Type == leftover.VPCType {
			all = append(all, item.Resource)
		}
	}
	return all, a.refused("ec2:DescribeVpcs", leftover.Resource{})
}

// Tagged implements account.Account.
func (a *Account) Tagged(_ context.Context, tag leftover.Tag) (arns []string, err error) {
	for _, item := range a.Items {
		if value, tagged := item.Tags[tag.Key]; tagged && value == tag.Value && item.ARN != "" {
			arns = append(arns, item.ARN)
		}
	}
	return append(arns, a.Stale[tag]...), a.refused("tag:GetResources", leftover.Resource{})
}

// Services implements account.Account: one service has all resources.
func (a *Account) Services() []account.Service { return []account.Service{a} }

// Types implements account.Service.
func (a *Account) Types() (all []string) {
	for _, kind := range leftover.Kinds {
		if kind.Confirm != "" {
			all = append(all, kind.Type)
		}
	}
	return all
}

// List implements account.Service. It returns everything in the account, also what does not belong to the query.
func (a *Account) List(context.Context, account.Query) (all []leftover.Resource, err error) {
	for _, item := range a.Items {
		all = append(all, item.Resource)
	}
	return all, a.refused("List", leftover.Resource{})
}

func (a *Account) refused(call string, r leftover.Resource) error {
	if a.Refuse == nil {
		return nil
	}
	return a.Refuse(call, r)
}

// Delete implements account.Service.
func (a *Account) Delete(_ context.Context, r leftover.Resource) error {
	item := a.Find(r.ID)
	failed := func(cause account.Cause, text string, words ...any) error {
		return &account.Error{Cause: cause, Call: "Delete " + r.Type, Err: fmt.Errorf(text, words...)}
	}
	if err := a.refused("Delete", r); err != nil {
		return err
	}
	switch {
	case item == nil:
		return failed(account.Gone, "%s does not exist", r.ID)
	case item.left > 0:
		return failed(account.Blocked, "%s is being deleted", r.ID)
	case item.Protected != "":
		return failed(account.Other, "%s is protected", r.ID)
	}
	if item.Type == leftover.SecurityGroupType { // its own rules for groups are revoked first
		item.Needs = slices.DeleteFunc(item.Needs, func(id string) bool { return strings.HasPrefix(id, "sg-") })
	}
	for _, other := range a.Items {
		if other != item && slices.Contains(other.Needs, item.ID) && other.With != item.ID {
			return failed(account.Blocked, "%s is used by %s", r.ID, other.ID)
		}
	}
	a.Deletions = append(a.Deletions, item.ID)
	if item.left = item.Delay; item.left > 0 {
		item.Ending = "it is being deleted"
		return nil
	}
	a.remove(item)
	return nil
}

// remove removes an item, and begins the deletion of what is deleted with it.
func (a *Account) remove(item *Item) {
	a.Items = slices.DeleteFunc(a.Items, func(other *Item) bool { return other == item })
	if item.Successor != nil && a.Find(item.Successor.ID) == nil {
		a.Items = append(a.Items, item.Successor)
	}
	for _, part := range slices.Clone(a.Items) {
		if part.With == item.ID && part.left == 0 {
			if part.left = part.Linger; part.left == 0 {
				a.remove(part)
			}
		}
	}
}

// Tick is a moment in which AWS goes on with deletions.
func (a *Account) Tick() {
	for _, item := range slices.Clone(a.Items) {
		if item.left > 0 {
			if item.left--; item.left == 0 {
				a.remove(item)
			}
		}
	}
}

// Check returns an error for items with the same ID, or that need one that does not exist.
func (a *Account) Check() error {
	seen := map[string]bool{}
	for _, item := range a.Items {
		if seen[item.ID] {
			return errors.New("two items have the ID " + item.ID)
		}
		seen[item.ID] = true
	}
	for _, item := range a.Items {
		for _, id := range append(slices.Clone(item.Needs), item.With) {
			if id != "" && !seen[id] {
				return fmt.Errorf("%s needs %s, which does not exist", item.ID, id)
			}
		}
	}
	return nil
}
