import { adapterContract } from "../../contracts/adapter.contract.ts";
import { discordDriver } from "./discord-driver.ts";

adapterContract(discordDriver);
