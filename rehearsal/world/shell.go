package world

import (
	"fmt"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
)

// Run does what one of the commands of Orphans and Leftovers does. An unknown command is an error, and so is one that
// AWS refuses.
func (w *World) Run(command string) error {
	for _, part := range strings.Split(command, " && ") {
		words := strings.Fields(part)
		if len(words) < 3 {
			return unmodelled("the command %q", part)
		}
		var err error
		switch words[0] {
		case "kubectl":
			err = w.runKubectl(words[1:], flagsOf(words[4:])["namespace"])
		case "helm":
			id := identity(flagsOf(words[3:])["namespace"], words[2])
			if words[1] == "rollback" {
				err = w.rollBack(id)
			} else {
				err = w.byHand(releaseType, id)
			}
		default:
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

// runKubectl deletes an object of the one cluster that has it, annotates it, or removes its finalizers.
func (w *World) runKubectl(words []string, namespace string) error {
	verb, kind, name := words[0], words[1], words[2]
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.all("", func(o *Object) bool { return o.ID == identity(namespace, name) && o.Cluster != "" }) {
		if strings.ToLower(lastOf(o.Type, ":")) != kind {
			continue
		}
		if verb == "delete" {
			return (&call{World: w, cluster: o.Cluster}).removeFromCluster(o)
		}
		if verb == "annotate" {
			return w.annotate(o, words[len(words)-1])
		}
		if err := w.reviewedByHand(o); err != nil {
			return err
		}
		for _, finalizer := range o.finalizers() {
			w.release(o, finalizer)
		}
		w.settle()
	}
	return nil
}

// reviewedByHand passes an operator's update through the webhooks.
func (w *World) reviewedByHand(o *Object) error {
	if t := w.served(o.Cluster, o.text("apiVersion"), o.text("kind")); t != nil {
		return w.review(t, o, admissionv1.Update)
	}
	return nil
}

// runAWS deletes the resource of an AWS CLI command.
func (w *World) runAWS(verb string, flags map[string]string) error {
	for typ, format := range removals {
		if name, flag, _ := strings.Cut(format, " --"); name == "aws "+verb {
			return w.byHand(typ, flags[strings.Fields(flag)[0]])
		}
	}
	var typ string
	var wanted map[string]string
	switch verb {
	case "elbv2 modify-load-balancer-attributes":
		key, value, _ := strings.Cut(strings.TrimPrefix(flags["attributes"], "Key="), ",Value=")
		w.mu.Lock()
		defer w.mu.Unlock()
		if o := w.get(loadBalancerType, flags["load-balancer-arn"]); o != nil {
			return w.setBalancerAttributes(o, map[string]string{key: value})
		}
		return ErrNotFound
	case "ec2 detach-internet-gateway":
		return nil // the deletion that follows is refused for the same reasons
	case "ec2 delete-internet-gateway":
		return w.byHand(internetGatewayType, flags["internet-gateway-id"])
	case "ec2 delete-route":
		typ, wanted = routeType, map[string]string{"routeTableId": flags["route-table-id"], "destinationCidrBlock": flags["destination-cidr-block"]}
	case "ec2 revoke-security-group-ingress", "ec2 revoke-security-group-egress":
		typ, wanted = groupRuleType, map[string]string{"securityGroupRuleId": flags["security-group-rule-ids"]}
	case "iam delete-role-policy":
		typ, wanted = rolePolicyType, map[string]string{"role": flags["role-name"], "name": flags["policy-name"]}
	case "iam detach-role-policy":
		typ, wanted = attachmentType, map[string]string{"role": flags["role-name"], "policyArn": flags["policy-arn"]}
	case "eks delete-nodegroup":
		typ, wanted = nodeGroupType, map[string]string{"clusterName": flags["cluster-name"], "nodeGroupName": flags["nodegroup-name"]}
	default:
		return unmodelled("the command aws %s", verb)
	}
	return w.byHandWhere(typ, wanted)
}

// byHandWhere deletes the resources of a type with these properties.
func (w *World) byHandWhere(typ string, wanted map[string]string) error {
	w.mu.Lock()
	found := w.all(typ, func(o *Object) bool {
		for property, value := range wanted {
			if o.text(property) != value {
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
	if kinds[typ] != nil && !strings.HasPrefix(typ, "kubernetes:") {
		return (&client{world: w}).Delete(typ, id)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.all(typ, func(o *Object) bool { return o.ID == id }) {
		if err := w.deleteUnowned(o); err != nil {
			return err
		}
	}
	w.settle()
	return nil
}

var interfaceDetached = rule("an interface is detached before it is deleted",
	"operation error EC2: DeleteNetworkInterface, api error InvalidParameterValue: Network interface '%s' is currently in use.",
	"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html")

// deleteUnowned deletes a resource of a type that no program creates.
func (w *World) deleteUnowned(o *Object) error {
	w.at = o.key()
	switch o.Type {
	case interfaceType:
		attached := o.flag("requesterManaged") || w.get(instanceObject, o.text("instance")) != nil
		if err := interfaceDetached.when(attached, o.ID); err != nil {
			return err
		}
	case loadBalancerType, classicType:
		return w.deleteLoadBalancer(o)
	case targetGroupType:
		return w.deleteTargetGroup(o)
	case instanceObject:
		for _, node := range w.with(nodeType, "instanceId", o.ID) {
			w.terminate(node)
		}
	case releaseType:
		return (&call{World: w, cluster: o.Cluster}).uninstallByHand(o)
	}
	w.drop(o)
	return nil
}

// uninstallByHand does what `helm uninstall` does.
func (c *call) uninstallByHand(o *Object) error {
	err := c.uninstall(o)
	if err == nil {
		c.drop(o)
	}
	return err
}
