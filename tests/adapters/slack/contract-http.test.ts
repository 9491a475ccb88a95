import { adapterContract } from "../../contracts/adapter.contract.ts";
import { slackDriver } from "./slack-driver.ts";

adapterContract(slackDriver("http"));
