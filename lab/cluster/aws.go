package cluster

import (
	"context"
	"fmt"
	"net/http"

	"eksnet/lab/account"
	"eksnet/lab/process"
)

// startAWS starts moto and creates the stack's account in it.
func (l *Lab) startAWS(ctx context.Context) error {
	if err := l.startMoto(ctx); err != nil {
		return err
	}
	var err error
	// Aliases follow when their load balancers exist.
	if l.account, err = account.Create(ctx, l.Endpoint(), l.stackWithRecords(nil)); err != nil {
		return err
	}
	l.logProgress("the account has VPC %s, identity and %d instances", l.account.VPC(), len(l.account.Nodes()))
	return nil
}

// StartAWS starts moto alone, with an account that has no resources. The context and the error are as those of Start.
func StartAWS(ctx context.Context, o Options) (*Lab, context.Context, error) {
	l, ctx, err := newLab(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if err = process.SetUpLoopback(); err == nil {
		err = l.startMoto(ctx)
	}
	if err != nil {
		l.group.Stop()
		return nil, nil, err
	}
	return l, ctx, nil
}

// startMoto starts moto with the account number of the stack.
func (l *Lab) startMoto(ctx context.Context) error {
	_, err := l.group.Start(ctx, process.Spec{
		Name: "moto", Path: l.Tools.Python,
		Args: []string{l.Tools.Moto, "-H", l.listenAddress(), "-p", fmt.Sprint(l.AWSPort)},
		Env: append([]string{"MOTO_ACCOUNT_ID=" + l.Stack.Account, "MOTO_IAM_LOAD_MANAGED_POLICIES=true", "PYTHONDONTWRITEBYTECODE=1",
			"HOME=" + l.Dir, "AWS_EC2_METADATA_DISABLED=true"}, l.AccountSettings...),
		Ready: process.CheckStatusOK(http.DefaultClient, l.Endpoint()+"/moto-api/data.json"),
	})
	if err == nil {
		l.logProgress("moto is ready")
	}
	return err
}

// listenAddress returns the address on which moto listens: with nodes that run, pods reach it at the control plane's
// network interface.
func (l *Lab) listenAddress() string {
	if l.RunNodes {
		return "0.0.0.0"
	}
	return "127.0.0.1"
}

// Endpoint returns moto's URL.
func (l *Lab) Endpoint() string { return fmt.Sprintf("http://127.0.0.1:%d", l.AWSPort) }

// awsEnvironment returns an environment with which the AWS SDK of a process calls only moto.
func (l *Lab) awsEnvironment(more ...string) []string {
	return append([]string{
		"AWS_REGION=" + l.Stack.Region, "AWS_DEFAULT_REGION=" + l.Stack.Region,
		"AWS_ENDPOINT_URL=" + l.Endpoint(), "AWS_ENDPOINT_URL_STS=" + l.Endpoint(),
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"HOME=" + l.Dir,
	}, more...)
}

// podAWSEnvironment returns the variables with which a pod calls moto in the place of AWS.
func (l *Lab) podAWSEnvironment() []string {
	endpoint := fmt.Sprintf("http://%s:%d", l.controlPlaneAddress, l.AWSPort)
	return []string{"AWS_ENDPOINT_URL=" + endpoint, "AWS_ENDPOINT_URL_STS=" + endpoint, "AWS_EC2_METADATA_DISABLED=true"}
}

// credentialVariables returns environment variables for a process.
func credentialVariables(c account.Credentials) []string {
	variables := []string{"AWS_ACCESS_KEY_ID=" + c.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + c.SecretAccessKey}
	if c.SessionToken != "" {
		variables = append(variables, "AWS_SESSION_TOKEN="+c.SessionToken)
	}
	return variables
}
