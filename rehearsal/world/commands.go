package world

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// Run does what one of the commands of Orphans and Leftovers does. An unknown command is an error, and so is one that
// AWS refuses.
func (w *World) Run(command string) error {
	for _, part := range strings.Split(command, " && ") {
		words := strings.Fields(part)
		if len(words) < 3 {
			return store.Unmodelled("the command %q", part)
		}
		var err error
		switch words[0] {
		case "kubectl":
			err = w.runKubectl(words[1:], flagsOf(words[4:])["namespace"])
		case "helm":
			id := kube.ObjectID(flagsOf(words[3:])["namespace"], words[2])
			switch {
			case words[1] == "rollback":
				err = w.rollBack(id)
			case slices.Contains(words, cleanup.WithoutHooks):
				w.uninstallWithoutHooks(id)
			default:
				err = w.byHand(store.ReleaseType, id)
			}
		default:
			if record := route53.DeletedBy(part); record != "" {
				err = w.byHand(store.RecordType, record)
				break
			}
			err = w.runAWS(words[1]+" "+words[2], flagsOf(words[3:]))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	return nil
}

func flagsOf(words []string) map[string]string {
	flags := map[string]string{}
	for i := 0; i+1 < len(words); i++ {
		if name, is := strings.CutPrefix(words[i], "--"); is {
			flags[name] = words[i+1]
		}
	}
	return flags
}

// runKubectl deletes an object of the one cluster that has it, annotates it, patches its spec, or removes its
// finalizers.
func (w *World) runKubectl(words []string, namespace string) error {
	verb, kind, name := words[0], words[1], words[2]
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.All("", func(o *store.Object) bool { return o.ID == kube.ObjectID(namespace, name) && o.Cluster != "" }) {
		if strings.ToLower(store.LastOf(o.Type, ":")) != kind {
			continue
		}
		if verb == "delete" {
			return kube.RemoveFromCluster((&store.Call{Account: w.Account, Cluster: o.Cluster}), o)
		}
		if verb == "annotate" {
			return cleanup.AnnotateObject(w.Account, o, words[len(words)-1])
		}
		if patch := strings.Trim(words[len(words)-1], "'"); verb == "patch" && strings.HasPrefix(patch, `{"spec":`) {
			return cleanup.PatchObject(w.Account, o, patch)
		}
		if err := cleanup.ReviewedByHand(w.Account, o); err != nil {
			return err
		}
		for _, finalizer := range kube.Finalizers(o) {
			kube.ReleaseFinalizer(w.Account, o, finalizer)
		}
		w.Settle()
	}
	return nil
}

// runAWS deletes the resource of an AWS CLI command.
func (w *World) runAWS(verb string, flags map[string]string) error {
	if typ, flag := cleanup.TypeDeletedBy(verb); typ != "" {
		return w.byHand(typ, flags[flag])
	}
	var typ string
	var wanted map[string]string
	switch verb {
	case "elbv2 modify-load-balancer-attributes":
		key, value, _ := strings.Cut(strings.TrimPrefix(flags["attributes"], "Key="), ",Value=")
		w.mu.Lock()
		defer w.mu.Unlock()
		if o := w.Get(store.LoadBalancerType, flags["load-balancer-arn"]); o != nil {
			return elb.SetBalancerAttributes(w.Account, o, map[string]string{key: value})
		}
		return store.ErrNotFound
	case "ec2 detach-internet-gateway":
		return nil // the deletion that follows is refused for the same reasons
	case "ec2 delete-internet-gateway":
		return w.byHand(store.InternetGatewayType, flags["internet-gateway-id"])
	case "ec2 delete-route":
		typ, wanted = store.RouteType, map[string]string{"routeTableId": flags["route-table-id"], "destinationCidrBlock": flags["destination-cidr-block"]}
	case "ec2 revoke-security-group-ingress", "ec2 revoke-security-group-egress":
		typ, wanted = store.GroupRuleType, map[string]string{"securityGroupRuleId": flags["security-group-rule-ids"]}
	case "iam delete-role-policy":
		typ, wanted = store.RolePolicyType, map[string]string{"role": flags["role-name"], "name": flags["policy-name"]}
	case "iam detach-role-policy":
		typ, wanted = store.AttachmentType, map[string]string{"role": flags["role-name"], "policyArn": flags["policy-arn"]}
	case "route53 disassociate-vpc-from-hosted-zone":
		_, vpc, _ := strings.Cut(flags["vpc"], "VPCId=")
		typ, wanted = store.ZoneAssociationType, map[string]string{"zoneId": flags["hosted-zone-id"], "vpcId": vpc}
	case "eks delete-nodegroup":
		typ, wanted = store.NodeGroupType, map[string]string{"clusterName": flags["cluster-name"], "nodeGroupName": flags["nodegroup-name"]}
	default:
		return store.Unmodelled("the command aws %s", verb)
	}
	return w.byHandWhere(typ, wanted)
}

// byHandWhere deletes the resources of a type with these properties.
func (w *World) byHandWhere(typ string, wanted map[string]string) error {
	w.mu.Lock()
	found := w.All(typ, func(o *store.Object) bool {
		for property, value := range wanted {
			if o.Text(property) != value {
				return false
			}
		}
		return true
	})
	w.mu.Unlock()
	for _, o := range found {
		if err := w.byHand(typ, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// byHand deletes one resource of a type, also of a type that no program creates.
func (w *World) byHand(typ, id string) error {
	if store.Kinds[typ] != nil && !strings.HasPrefix(typ, "kubernetes:") {
		return (&client{world: w}).Delete(typ, id)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.All(typ, func(o *store.Object) bool { return o.ID == id }) {
		if err := deleteUnowned(w.Account, o); err != nil {
			return err
		}
	}
	w.Settle()
	return nil
}

// deleteUnowned deletes a resource of a type that no program creates.
func deleteUnowned(w *store.Account, o *store.Object) error {
	w.At = o.Key()
	switch o.Type {
	case store.InterfaceType:
		eni := ec2.InterfaceOf(o)
		attached := eni.Managed || w.Get(nodepkg.InstanceObject, eni.Instance) != nil
		if err := ec2.InterfaceDetached.When(attached, o.ID); err != nil {
			return err
		}
	case store.LoadBalancerType, store.ClassicType:
		return elb.DeleteLoadBalancer(w, o)
	case store.TargetGroupType:
		return elb.DeleteTargetGroup(w, o)
	case nodepkg.InstanceObject:
		for _, node := range w.With(store.NodeType, "instanceId", o.ID) {
			nodepkg.TerminateNode(w, node)
		}
	case store.ReleaseType:
		return uninstallByHand((&store.Call{Account: w, Cluster: o.Cluster}), o)
	}
	w.Drop(o)
	return nil
}

// uninstallWithoutHooks does what `helm uninstall --no-hooks` does.
func (w *World) uninstallWithoutHooks(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.All(store.ReleaseType, func(o *store.Object) bool { return o.ID == id }) {
		helm.UninstallWithoutHooks(&store.Call{Account: w.Account, Cluster: o.Cluster}, o)
		w.Drop(o)
	}
}

// uninstallByHand does what `helm uninstall` does.
func uninstallByHand(c *store.Call, o *store.Object) error {
	err := helm.Uninstall(c, o)
	if err == nil {
		c.Drop(o)
	}
	return err
}
