package io.mailcanary.dns;

import java.util.Arrays;
import java.util.List;

/// How strictly receivers look at the sender's domain: nine behaviours that cover what is in use.
public enum Profile {
  R1("MX or address, soft"),
  R2("MX or address, hard"),
  R3("reachable target"),
  R4("MX required, soft"),
  R5("MX required, hard"),
  R6("any missing name refuses"),
  R7("SOA of the organisation"),
  R8("call-out"),
  R9("reachable target, soft");

  private final String title;

  Profile(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  /// The server that stands for the profile.
  public ReceiverSetting representative() {
    return switch (this) {
      case R1 -> ReceiverSetting.M1;
      case R2 -> ReceiverSetting.M2;
      case R3 -> ReceiverSetting.M6;
      case R4 -> ReceiverSetting.M16;
      case R5 -> ReceiverSetting.M15;
      case R6 -> ReceiverSetting.CISCO;
      case R7 -> ReceiverSetting.YAHOO;
      case R8 -> ReceiverSetting.M4;
      case R9 -> ReceiverSetting.SPAMDYKE;
    };
  }

  /// The servers that behave so, in the main.
  public List<ReceiverSetting> settings() {
    return Arrays.stream(ReceiverSetting.values())
        .filter(setting -> setting.profile().filter(this::equals).isPresent())
        .toList();
  }
}
