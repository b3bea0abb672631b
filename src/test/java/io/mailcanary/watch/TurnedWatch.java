package io.mailcanary.watch;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.WatchStore;
import java.util.List;
import java.util.Map;

/// A watch of DNS that works on the thread that turns its clock.
final class TurnedWatch {
  private TurnedWatch() {}

  static DnsWatch of(
      Sources sources, WatchStore store, Findings findings, VirtualAgenda agenda, Plan plan) {
    return new DnsWatch(
        new DnsWatch.Ports(
            _ -> sources,
            store,
            new ChangeLog(store, agenda),
            findings,
            new Concerns(findings, (_, _) -> {}),
            new Board(new ConfigurationView(agenda.instant(), List.of())),
            agenda,
            agenda,
            Runnable::run,
            _ -> true),
        plan);
  }

  /// One path, from a domain to itself.
  static Plan within(String domain) {
    EmailAddress canary = EmailAddress.parse("canary@" + domain);
    return new Plan(
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of("out", Paths.dns("out", canary, canary, List.of())),
        ServiceSettings.DEFAULT,
        DnsSettings.DEFAULT,
        Map.of());
  }
}
