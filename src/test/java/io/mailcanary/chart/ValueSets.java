package io.mailcanary.chart;

import java.util.List;

/// Values that operators give.
final class ValueSets {
  /// The least that watches anything.
  static final String PROBES =
      """
      probes:
        files:
          paths.yaml:
            relays: { out: { host: smtp.campus.example } }
            mailboxes: { in: { host: imap.hosted.example, username: canary, password-file: /run/secrets/hosted/password } }
            paths: { p: { via: out, from: a@campus.example, to: b@hosted.example, arrives-in: in } }
      """;

  /// The same with the secret that it needs.
  static final String DEFAULT = PROBES + "secrets: [{ secretName: hosted }]\n";

  /// Three replicas on PostgreSQL.
  static final String POSTGRESQL =
      DEFAULT
          + """
          replicas: 3
          postgresql: { existingSecret: database }
          signingKeys: [{ id: k1, secretName: signing, key: k1 }, { id: k0, secretName: signing, key: k0 }]
          """;

  /// Everything that can be switched on.
  static final String EVERYTHING =
      POSTGRESQL
          + """
          image: { repository: registry.example/mailcanary, tag: "1.2.3", pullPolicy: Always, pullSecrets: [{ name: registry }] }
          settings:
            hosts: [mail-probe.example]
            base-url: https://mailcanary.example
            tokens: [{ name: grafana, sha256: "%s", rights: [read] }]
            people: [{ claim: groups, value: mail, rights: [read, act] }]
            metrics-from: [10.1.0.0/16]
            site: north
            tracing: { url: "http://collector:4318/v1/traces", authorization-file: /run/secrets/hosted/password, one-in: 10 }
            retain: { canaries: 30d }
          openid: [{ name: campus, issuer: https://login.example, clientId: mailcanary, secretName: login, key: secret }]
          javaOptions: -XX:MaxRAMPercentage=50
          logLevel: debug
          service: { type: NodePort, annotations: { a.example/b: c } }
          receiverPorts: [{ name: smtp-in, port: 2525, servicePort: 25 }, { name: lmtp-in, port: 2424 }]
          receiverService: { type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [192.0.2.0/24] }
          ingress:
            enabled: true
            className: nginx
            annotations: { cert-manager.io/cluster-issuer: letters }
            hosts: [{ host: mailcanary.example }, { host: probe.example, paths: [{ path: /api, pathType: Exact }] }]
            tls: [{ secretName: page, hosts: [mailcanary.example] }]
          serviceMonitor:
            enabled: true
            labels: { release: prometheus }
            relabelings: [{ targetLabel: cluster, replacement: north }]
            metricRelabelings: [{ sourceLabels: [__name__], regex: jvm_.*, action: drop }]
          prometheusRule: { enabled: true, labels: { release: prometheus }, alertLabels: { team: mail }, runbookUrl: "https://wiki.example/mail#" }
          dashboard: { enabled: true, annotations: { folder: mail } }
          networkPolicy:
            enabled: true
            from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]
            receiverFrom: [{ ipBlock: { cidr: 192.0.2.0/24 } }]
            extraEgress: [{ to: [{ ipBlock: { cidr: 192.0.2.7/32 } }], ports: [{ port: 2525, protocol: TCP }] }]
          podDisruptionBudget: { maxUnavailable: 50%% }
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule }]
          dnsPolicy: None
          dnsConfig: { nameservers: [192.0.2.53] }
          extraEnv: [{ name: WEBHOOK, value: "https://ops.example" }]
          extraEnvFrom: [{ secretRef: { name: more } }]
          extraVolumes: [{ name: spool, emptyDir: {} }]
          extraVolumeMounts: [{ name: spool, mountPath: /var/mail }]
          extraContainers: [{ name: side, image: side }]
          initContainers: [{ name: before, image: before }]
          lifecycle: { preStop: { sleep: { seconds: 3 } } }
          serviceAccount: { annotations: { a.example/role: mail } }
          podAnnotations: { a.example/b: c }
          podLabels: { team: mail }
          priorityClassName: high
          nodeSelector: { kubernetes.io/arch: amd64 }
          tolerations: [{ key: mail, operator: Exists, effect: NoSchedule }]
          affinity: { nodeAffinity: {} }
          """
              .formatted("9f".repeat(32));

  private ValueSets() {}

  static List<String> all() {
    return List.of(DEFAULT, POSTGRESQL, EVERYTHING);
  }
}
