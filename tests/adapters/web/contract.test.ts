import { adapterContract } from "../../contracts/adapter.contract.ts";
import { webDriver } from "./web-driver.ts";

adapterContract(webDriver);
