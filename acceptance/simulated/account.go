package simulated

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"eksnet/acceptance/account"
	"eksnet/acceptance/memory"
	"eksnet/internal/leftover"
	"eksnet/rehearsal/world"
)

// Account is the simulated account, as the commands read it. What a check reads beside resources is that of an account
// in memory.
type Account struct {
	*memory.Account
	World *world.World
}

// VPCs implements account.Account.
func (a Account) VPCs(ctx context.Context) (all []leftover.Resource, err error) {
	for _, r := range a.resources() {
		if r.Type == leftover.VPCType {
			all = append(all, r)
		}
	}
	return all, a.refused(ctx, "VPCs")
}

// Tagged implements account.Account.
func (a Account) Tagged(ctx context.Context, tag leftover.Tag) (arns []string, err error) {
	for _, r := range a.resources() {
		if value, tagged := r.Tags[tag.Key]; tagged && value == tag.Value && r.ARN != "" {
			arns = append(arns, r.ARN)
		}
	}
	return arns, a.refused(ctx, "Tagged")
}

// Services implements account.Account: one service has all resources.
func (a Account) Services() []account.Service { return []account.Service{a} }

// List implements account.Service. It returns everything in the account, also what does not belong to the query.
func (a Account) List(ctx context.Context, _ account.Query) ([]leftover.Resource, error) {
	return a.resources(), a.refused(ctx, "List")
}

// refused returns the error of a call that reads, also of one that was interrupted.
func (a Account) refused(ctx context.Context, call string) (err error) {
	if a.Refuse != nil {
		err = a.Refuse(call, leftover.Resource{})
	}
	return errors.Join(err, ctx.Err())
}

// resources returns the resources that an audit can find.
func (a Account) resources() (all []leftover.Resource) {
	for _, o := range a.World.All("") {
		r, listed := resourceOf(o)
		if !listed {
			continue
		}
		if key := a.World.Get(leftover.KeyType, o.Text("targetKeyId")); r.Type == leftover.AliasType && key != nil {
			r.Tags = tagsOf(key) // an alias has none, and belongs to the owner of its key
		}
		all = append(all, r)
	}
	return all
}

// pendingKeyType is the type of keys whose deletion is scheduled.
const pendingKeyType = "aws:kms/key:PendingDeletion"

// resourceOf returns an object of the account as its service describes it. Objects of clusters are not listed, nor what
// EC2 creates and deletes with a VPC, nor parts of other resources.
func resourceOf(o *world.Object) (leftover.Resource, bool) {
	r := leftover.Resource{Type: o.Type, ID: o.ID, ARN: cmp.Or(o.Text("arn"), o.ID), Name: o.Text("name"), Description: o.Text("description"),
		VPC: vpcOf(o), State: o.Text("status"), Tags: tagsOf(o), Size: 1}
	if o.Type == pendingKeyType {
		r.Type, r.Ending = leftover.KeyType, "KMS deletes it"
	}
	kind, known := leftover.KindOf(r.Type)
	return r, known && kind.Confirm != "" && o.Cluster == "" && o.Owner != "vpc"
}

func tagsOf(o *world.Object) map[string]string {
	tags := map[string]string{}
	for key, value := range o.Tags() {
		tags[key], _ = value.(string)
	}
	return tags
}

// vpcOf returns the VPC that an object is in.
func vpcOf(o *world.Object) string {
	if o.Type == leftover.VPCType {
		return o.ID
	}
	return cmp.Or(o.Text("vpcId"), o.Text("vpcConfig.vpcId"))
}

// Delete implements account.Service with the commands that the simulated account has for a resource and its parts.
func (a Account) Delete(_ context.Context, r leftover.Resource) error {
	found := false
	for _, left := range a.World.Leftovers() {
		same := left.Type == r.Type && left.ID == r.ID
		if found = found || same; !same && !a.isPart(left, r) {
			continue
		}
		if err := a.World.Run(left.Remove); err != nil {
			return &account.Error{Cause: account.Blocked, Call: left.Remove, Err: err}
		}
	}
	if !found {
		return &account.Error{Cause: account.Gone, Call: "delete " + r.Type, Err: fmt.Errorf("%s does not exist, or is deleted with another resource", r.ID)}
	}
	return nil
}

// isPart reports whether a leftover is a part of a resource, which has no description of its own: it has the ID or the
// name of the resource in one of its properties.
func (a Account) isPart(left world.Leftover, r leftover.Resource) bool {
	kind, known := leftover.KindOf(left.Type)
	o := a.World.Get(left.Type, left.ID)
	if !known || kind.Confirm != "" || o == nil {
		return false
	}
	return slices.ContainsFunc(slices.Collect(maps.Values(o.Inputs)), func(value any) bool { return value == r.ID })
}
