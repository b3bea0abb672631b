package io.mailcanary;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who may know whom.
class ArchitectureTest {
  private static final String ROOT = "io.mailcanary.";
  private static final int AT_LEAST = 150;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.mailcanary");

  /// Values in, values out: no clock, no I/O, no framework, no logger.
  private static final List<String> CORE =
      List.of("mail", "path", "canary", "dns", "transport", "verdict", "incident");

  /// One protocol each; they never know one another.
  private static final List<String> EDGES =
      List.of(
          "submission",
          "mailbox",
          "receiver",
          "resolver",
          "tls",
          "authentication",
          "queue",
          "notify",
          "store");

  private static final List<String> CONDUCTORS =
      List.of("schedule", "prober", "watch", "dispatch", "runtime");

  /// Each may use those that it names, and nothing else of ours.
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("mail", List.of()),
          Map.entry("path", List.of("mail")),
          Map.entry("canary", List.of("mail", "path")),
          Map.entry("dns", List.of("mail")),
          Map.entry("verdict", List.of("mail", "path", "canary", "dns")),
          Map.entry("incident", List.of("mail", "path", "canary", "dns", "verdict")),
          Map.entry("wire", List.of("mail", "path")),
          Map.entry("submission", List.of("mail", "path", "canary", "wire")),
          Map.entry("mailbox", List.of("mail", "path", "canary", "wire")),
          Map.entry("receiver", List.of("mail", "path", "canary", "wire")),
          Map.entry("resolver", List.of("mail", "path", "dns", "wire")),
          Map.entry("transport", List.of("mail")),
          Map.entry("tls", List.of("mail", "path", "dns", "transport", "wire")),
          Map.entry("registry", List.of("mail", "dns")),
          Map.entry("authentication", List.of("mail", "dns")),
          Map.entry("queue", List.of("mail", "path", "wire")),
          Map.entry("notify", List.of("mail", "path", "canary", "incident", "verdict", "wire")),
          Map.entry("store", List.of("mail", "path", "canary", "dns", "verdict", "incident")),
          Map.entry("runtime", List.of("mail", "path", "canary", "dns", "verdict", "incident")),
          Map.entry("schedule", List.of("mail", "path")),
          Map.entry("trace", List.of("mail", "path", "canary", "notify", "runtime", "store")),
          Map.entry(
              "prober",
              List.of(
                  "mail",
                  "path",
                  "canary",
                  "verdict",
                  "submission",
                  "mailbox",
                  "receiver",
                  "resolver",
                  "authentication",
                  "store",
                  "runtime",
                  "schedule")),
          Map.entry(
              "watch",
              List.of(
                  "mail",
                  "path",
                  "canary",
                  "dns",
                  "transport",
                  "verdict",
                  "resolver",
                  "tls",
                  "queue",
                  "store",
                  "runtime",
                  "schedule")),
          Map.entry(
              "dispatch",
              List.of(
                  "mail",
                  "path",
                  "canary",
                  "dns",
                  "verdict",
                  "incident",
                  "notify",
                  "store",
                  "runtime",
                  "schedule")),
          Map.entry("world", List.of("mail", "runtime", "wire")),
          Map.entry("config", List.of("mail", "path", "canary", "dns", "incident", "runtime")),
          Map.entry(
              "metrics",
              List.of(
                  "mail", "path", "canary", "verdict", "incident", "prober", "watch", "runtime")),
          Map.entry(
              "api",
              List.of(
                  "mail",
                  "path",
                  "canary",
                  "dns",
                  "transport",
                  "verdict",
                  "incident",
                  "prober",
                  "watch",
                  "dispatch",
                  "runtime",
                  "store")),
          Map.entry("login", List.of("path", "runtime", "api")),
          Map.entry(
              "web",
              List.of(
                  "mail",
                  "path",
                  "canary",
                  "dns",
                  "transport",
                  "verdict",
                  "incident",
                  "prober",
                  "watch",
                  "dispatch",
                  "runtime",
                  "store",
                  "api")));

  @Test
  void theClassesWereRead() {
    assertThat(CLASSES.size()).isGreaterThan(AT_LEAST);
    assertThat(CLASSES.stream().map(ArchitectureTest::packageOf).collect(Collectors.toSet()))
        .containsAll(MAY_USE.keySet())
        .contains("app", "cli", "world");
  }

  static List<String> ruled() {
    return MAY_USE.keySet().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("ruled")
  void aPackageUsesOnlyWhatItMay(String name) {
    List<String> allowed = MAY_USE.getOrDefault(name, List.of());
    List<String> others =
        CLASSES.stream()
            .map(ArchitectureTest::packageOf)
            .distinct()
            .filter(other -> !other.isEmpty() && !other.equals(name) && !allowed.contains(other))
            .toList();
    assertThat(others).as("the rule for %s forbids something", name).isNotEmpty();
    noClasses()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            others.stream().map(other -> ROOT + other + "..").toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void theCoreHasNoInputOutputNorFramework() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(CORE))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.micronaut..",
            "jakarta..",
            "org.slf4j..",
            "org.quartz..",
            "com.fasterxml..",
            "java.io..",
            "java.nio.channels..",
            "java.sql..",
            "java.util.concurrent..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(packages(CORE))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(java.net.Socket.class)
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.file.Files")
        .check(CLASSES);
  }

  @Test
  void nobodyButTheAppAndTheCommandLineKnowsTheBuiltInWorld() {
    classes()
        .that()
        .resideInAPackage(ROOT + "world..")
        .should()
        .onlyBeAccessed()
        .byAnyPackage(ROOT + "world..", ROOT + "app..", ROOT + "drill..")
        .check(CLASSES);
  }

  @Test
  void timeIsReadAtTheEdgeAlone() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(CORE))
        .or()
        .resideInAnyPackage(packages(CONDUCTORS))
        .or()
        .resideInAnyPackage(packages(EDGES))
        .and()
        .doNotHaveSimpleName("SteadyClock")
        // Quartz fires by the system's clock, so what is compared with its triggers is read there.
        .and()
        .doNotHaveSimpleName("Schedule")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .check(CLASSES);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .that()
        .resideInAPackage(ROOT + "*..")
        .should(
            new ArchCondition<>("be in a package that is @NullMarked") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(
                    new SimpleConditionEvent(item, marked, item.getName() + " is not marked"));
              }
            })
        .check(CLASSES);
  }

  private static String[] packages(List<String> names) {
    return names.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
  }

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()).split("\\.", 2)[0] : "";
  }
}
